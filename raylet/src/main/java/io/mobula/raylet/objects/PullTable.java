package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.raylet.objects.PullEntry.Source;
import io.mobula.raylet.objects.PullEntry.State;
import io.mobula.raylet.transfer.PullOutcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which objects are pulled from other nodes, from where, and when.
 *
 * <p>Belongs to one thread and does nothing itself: it is told what happened and when, and {@link
 * #poll} tells what to do.
 *
 * <p>How it works:
 *
 * <pre>
 *            admitted           room               transfer ended well
 *   QUEUED ──────────► RESERVING ──► READY ⇄ TRANSFERRING ────────────► (complete)
 *                                      ▲          │ failed: next source, or
 *                                      └─ PAUSING ◄┘ all failed: pause, then all again
 *                                            │ all gone, or too many rounds
 *   (given up) ◄── CANCELLING ◄── dropped    └────────────────────────────► (lost)
 * </pre>
 *
 * <p>An object is pulled once, however many want it. Pulls are admitted in order while their sizes
 * fit the bytes in flight, so that pulling can't fill the store. A source that says that it has no
 * such object is not asked again; one that fails is, after a pause, until its node is known to be
 * dead. A transfer goes on where it broke only from the same node: another copy under the same name
 * may come from another run of its task. Memory is never given back while a transfer may write to
 * it: a pull that nobody wants is first cancelled, and ends when its transfer has.
 */
final class PullTable {

  private final int selfNode;
  private final PullConfig config;
  private final Map<ObjectKey, PullEntry> entries = new LinkedHashMap<>();
  private final Deque<PullEntry> queued = new ArrayDeque<>();
  private final Set<PullEntry> ready = new LinkedHashSet<>();
  private final Set<PullEntry> pausing = new LinkedHashSet<>();
  private final Map<Integer, Integer> transfersByNode = new HashMap<>();
  private final Map<Integer, String> addresses = new HashMap<>();
  private final Set<Integer> deadNodes = new HashSet<>();
  private final Deque<PullAction> actions = new ArrayDeque<>();
  private long bytesInFlight;

  PullTable(int selfNode, PullConfig config) {
    this.selfNode = selfNode;
    this.config = config;
  }

  /** The next thing to do, or null. */
  @Nullable PullAction poll() {
    return actions.poll();
  }

  boolean isPulling(ObjectKey key) {
    return entries.containsKey(key);
  }

  int size() {
    return entries.size();
  }

  long bytesInFlight() {
    return bytesInFlight;
  }

  /** When {@link #onTime} has something to do; {@link Long#MAX_VALUE} for never. */
  long nextTimeNanos() {
    return pausing.stream().mapToLong(entry -> entry.wakeNanos).min().orElse(Long.MAX_VALUE);
  }

  /** The objects being pulled or waiting for it. */
  List<ObjectKey> keys() {
    return List.copyOf(entries.keySet());
  }

  /** Somebody wants the object; these nodes are said to have it. */
  void want(ObjectKey key, long sizeBytes, Collection<Integer> nodes) {
    PullEntry known = entries.get(key);
    PullEntry entry = known == null ? new PullEntry(key, sizeBytes) : known;
    for (int node : nodes) {
      if (node != selfNode) {
        addSource(entry, node);
      }
    }
    if (known != null) {
      entry.isWantedAgain = true;
      return;
    }
    if (!entry.hasHope()) {
      actions.add(new PullAction.Lose(key, entry.describe()));
      return;
    }
    entries.put(key, entry);
    queued.add(entry);
    admit();
  }

  /** Nobody wants the object any more, or its owner freed it. */
  void drop(ObjectKey key) {
    PullEntry entry = entries.get(key);
    if (entry == null) {
      return;
    }
    entry.isWantedAgain = false;
    switch (entry.state) {
      case QUEUED -> forget(entry);
      case RESERVING, READY, PAUSING -> {
        forget(entry);
        actions.add(new PullAction.GiveUp(key));
      }
      case TRANSFERRING -> {
        entry.state = State.CANCELLING;
        actions.add(new PullAction.Cancel(key, entry.attempt));
      }
      case CANCELLING -> {}
    }
  }

  /** A reservation has its memory. */
  void roomGranted(ObjectKey key, long nowNanos) {
    PullEntry entry = entries.get(key);
    if (entry == null || entry.state != State.RESERVING) {
      throw new IllegalStateException("Nobody asked for this room: key=" + key);
    }
    advance(entry, nowNanos);
  }

  /** A reservation is withdrawn by its giver, who tells those who wait. */
  void roomRefused(ObjectKey key) {
    PullEntry entry = entries.get(key);
    if (entry != null) {
      forget(entry);
    }
  }

  /** A transfer does not touch its object's memory any more. */
  void transferEnded(ObjectKey key, int attempt, PullOutcome outcome, long nowNanos) {
    PullEntry entry = entries.get(key);
    if (entry == null || entry.attempt != attempt) {
      throw new IllegalStateException(
          "Transfer was not started: key=" + key + ", attempt=" + attempt);
    }
    transfersByNode.merge(entry.node, -1, Integer::sum);
    switch (outcome) {
      case PullOutcome.Complete _ -> {
        forget(entry);
        actions.add(new PullAction.Complete(key));
      }
      case PullOutcome.Missing(String reason) -> {
        source(entry).lose(reason);
        goOn(entry, nowNanos);
      }
      case PullOutcome.Failed(String reason, long receivedBytes) -> {
        if (!source(entry).isGone) {
          source(entry).fail(entry.round, reason);
        }
        entry.receivedBytes = receivedBytes;
        goOn(entry, nowNanos);
      }
    }
    wakeReady(nowNanos);
  }

  /** Where a node's objects can be had. */
  void nodeAdded(int node, String address) {
    if (!deadNodes.contains(node)) {
      addresses.put(node, address);
    }
  }

  /** A node and all copies on it are gone. */
  void nodeDied(int node, long nowNanos) {
    deadNodes.add(node);
    addresses.remove(node);
    for (PullEntry entry : new ArrayList<>(entries.values())) {
      Source source = entry.sources.get(node);
      if (source != null && !source.isGone) {
        source.lose("node died");
        onSourceLost(entry, nowNanos);
      }
    }
  }

  /** Ends the pauses that are over. */
  void onTime(long nowNanos) {
    for (PullEntry entry : new ArrayList<>(pausing)) {
      if (nowNanos - entry.wakeNanos >= 0) {
        entry.round++;
        advance(entry, nowNanos);
      }
    }
  }

  private void addSource(PullEntry entry, int node) {
    Source known = entry.sources.get(node);
    if (deadNodes.contains(node)) {
      entry.sources.computeIfAbsent(node, Source::new).lose("node died");
    } else if (known == null || known.isGone) {
      entry.sources.put(node, new Source(node));
    }
  }

  private void onSourceLost(PullEntry entry, long nowNanos) {
    switch (entry.state) {
      case TRANSFERRING -> {
        if (entry.node != 0 && source(entry).isGone) {
          actions.add(new PullAction.Cancel(entry.key, entry.attempt));
        }
      }
      case READY -> advance(entry, nowNanos);
      case QUEUED, RESERVING, PAUSING -> {
        if (!entry.hasHope()) {
          lose(entry);
        }
      }
      case CANCELLING -> {}
    }
  }

  private void goOn(PullEntry entry, long nowNanos) {
    if (entry.state == State.CANCELLING && !entry.isWantedAgain) {
      forget(entry);
      actions.add(new PullAction.GiveUp(entry.key));
    } else {
      advance(entry, nowNanos);
    }
  }

  /** Starts a transfer from the least busy source not tried in this round, if there is one. */
  private void advance(PullEntry entry, long nowNanos) {
    ready.remove(entry);
    pausing.remove(entry);
    Source best = null;
    boolean isBusy = false;
    for (Source source : entry.sources.values()) {
      if (source.isGone || source.triedRound == entry.round) {
        continue;
      }
      if (!addresses.containsKey(source.node)) {
        source.fail(entry.round, "node is not known here");
      } else if (transfers(source.node) >= config.transfersPerNodeMax()) {
        isBusy = true;
      } else if (best == null || transfers(source.node) < transfers(best.node)) {
        best = source;
      }
    }
    if (best != null) {
      start(entry, best);
    } else if (isBusy) {
      entry.state = State.READY;
      ready.add(entry);
    } else if (entry.hasHope() && entry.round < config.roundsMax()) {
      entry.state = State.PAUSING;
      pausing.add(entry);
      entry.wakeNanos = nowNanos + config.backOffNanos(entry.round);
    } else {
      lose(entry);
    }
  }

  private void start(PullEntry entry, Source source) {
    long firstByte = entry.node == source.node ? entry.receivedBytes : 0;
    entry.receivedBytes = firstByte;
    entry.node = source.node;
    entry.attempt++;
    entry.state = State.TRANSFERRING;
    transfersByNode.merge(source.node, 1, Integer::sum);
    String address = addresses.get(source.node);
    if (address == null) {
      throw new IllegalStateException("Source has no address: node=" + source.node);
    }
    actions.add(new PullAction.Start(entry.key, entry.attempt, source.node, address, firstByte));
  }

  private void wakeReady(long nowNanos) {
    for (PullEntry entry : new ArrayList<>(ready)) {
      if (entry.state == State.READY) {
        advance(entry, nowNanos);
      }
    }
  }

  private void lose(PullEntry entry) {
    forget(entry);
    actions.add(new PullAction.Lose(entry.key, entry.describe()));
  }

  private void forget(PullEntry entry) {
    entries.remove(entry.key);
    ready.remove(entry);
    pausing.remove(entry);
    if (entry.state == State.QUEUED) {
      queued.remove(entry);
    } else {
      bytesInFlight -= entry.sizeBytes;
    }
    admit();
  }

  private void admit() {
    PullEntry next = queued.peek();
    while (next != null
        && (bytesInFlight == 0 || bytesInFlight + next.sizeBytes <= config.bytesInFlightMax())) {
      queued.remove();
      bytesInFlight += next.sizeBytes;
      next.state = State.RESERVING;
      actions.add(new PullAction.Reserve(next.key, next.sizeBytes));
      next = queued.peek();
    }
  }

  private Source source(PullEntry entry) {
    return entry.sources.computeIfAbsent(entry.node, Source::new);
  }

  private int transfers(int node) {
    return transfersByNode.getOrDefault(node, 0);
  }
}
