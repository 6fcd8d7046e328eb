package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.raylet.objects.PullEntry.Lane;
import io.mobula.raylet.objects.PullEntry.State;
import io.mobula.raylet.transfer.PullOutcome;
import io.mobula.raylet.transfer.SourceReport;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which objects are pulled from other nodes, in which parts, from where, and when.
 *
 * <p>Belongs to one thread and does nothing itself: it is told what happened and when, and {@link
 * #poll} tells what to do.
 *
 * <p>How it works:
 *
 * <pre>
 *            admitted           room            all parts have come
 *   QUEUED ──────────► RESERVING ──► PULLING ─────────────────────────► (complete)
 *      ▲                              ▲   │ no source is left ────────► (lost)
 *      │ out of reach, others wait    │   │ out of reach for too long ► (done without)
 *      └──────────────────────────────│───┤
 *                        wanted again │   ▼ dropped
 *                                   CANCELLING ── transfers ended ────► (given up)
 * </pre>
 *
 * <p>An object is pulled once, however many want it. Pulls are admitted in order while their sizes
 * fit the bytes in flight, so that pulling can't fill the store. An admitted object comes in parts,
 * from several sources at once; the part of a source that fails goes to another. A source is given
 * up by its own word that it has no such object, or when its node is known to be dead, and by
 * nothing else: one that can't be reached is asked again, after a pause that grows. When none can
 * be reached, the owner is asked for others meanwhile, pulls that wait in line go first, and after
 * a grace those who wait are told that the object is out of reach of this node; nobody else is told
 * anything. A source may still pull the object itself: it says which parts it has, and is asked
 * again. Sources name each other, so that many nodes that begin at the same time exchange what they
 * have. A source on this machine that has the whole object is read through its store file, which
 * costs it nothing: others are then left alone, because there is no link to relieve, and each
 * further store file that is mapped costs page faults.
 *
 * <p>All parts come from copies with one stamp: another copy under the same name may come from
 * another run of its task. When only another copy is left, or can be reached, the pull starts over.
 * Memory is never given back while a transfer may write to it: a pull that nobody wants is first
 * cancelled, and ends when its transfers have.
 */
final class PullTable {

  private final int selfNode;
  private final PullConfig config;
  private final Map<ObjectKey, PullEntry> entries = new LinkedHashMap<>();
  private final Deque<PullEntry> queued = new ArrayDeque<>();

  /** Have work for which a source was busy with other objects. */
  private final Set<PullEntry> ready = new LinkedHashSet<>();

  private final Set<PullEntry> waking = new LinkedHashSet<>();
  private final Map<Integer, Integer> transfersByNode = new HashMap<>();
  private final Map<Integer, String> addresses = new HashMap<>();
  private final Set<Integer> deadNodes = new HashSet<>();
  private final Deque<PullAction> actions = new ArrayDeque<>();
  private long bytesInFlight;
  private long corruptParts;

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

  /** How many parts had a wrong checksum since the start. */
  long corruptParts() {
    return corruptParts;
  }

  /** When {@link #onTime} has something to do; {@link Long#MAX_VALUE} for never. */
  long nextTimeNanos() {
    return waking.stream().mapToLong(entry -> entry.wakeNanos).min().orElse(Long.MAX_VALUE);
  }

  /** The objects being pulled or waiting for it. */
  List<ObjectKey> keys() {
    return List.copyOf(entries.keySet());
  }

  /** Whether a range of an object that is being pulled is there already. */
  boolean has(ObjectKey key, long firstByte, long lengthBytes) {
    PullEntry entry = entries.get(key);
    return entry != null && entry.has(firstByte, lengthBytes);
  }

  /** What is there of an object that is being pulled; whom it comes from is not said. */
  SourceReport report(ObjectKey key) {
    PullEntry entry = entries.get(key);
    if (entry == null) {
      throw new IllegalStateException("Object is not being pulled: key=" + key);
    }
    BitSet present = (BitSet) entry.done.clone();
    return new SourceReport(
        entry.stamp, Optional.of(new SourceReport.Parts(config.partBytes(), present)), List.of());
  }

  /** Somebody wants the object; these nodes are said to have it. */
  void want(ObjectKey key, long sizeBytes, Collection<Integer> nodes, long nowNanos) {
    want(key, sizeBytes, 0, nodes, nowNanos);
  }

  /**
   * As {@link #want(ObjectKey, long, Collection, long)}.
   *
   * @param taskAttempt whose copy is wanted
   */
  void want(
      ObjectKey key, long sizeBytes, int taskAttempt, Collection<Integer> nodes, long nowNanos) {
    PullEntry known = entries.get(key);
    PullEntry entry =
        known == null
            ? new PullEntry(key, sizeBytes, taskAttempt, config.partBytes(), selfNode, nowNanos)
            : known;
    nodes.forEach(node -> addSource(entry, node));
    if (known != null) {
      entry.isWantedAgain = true;
      if (entry.state == State.PULLING) {
        advance(entry, nowNanos);
      }
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

  /**
   * The owner, when asked, says that these nodes have the object.
   *
   * @param taskAttempt whose copies they are
   */
  void foundElsewhere(ObjectKey key, int taskAttempt, Collection<Integer> nodes, long nowNanos) {
    PullEntry entry = entries.get(key);
    if (entry == null || entry.state == State.CANCELLING) {
      return;
    }
    if (taskAttempt != entry.taskAttempt) {
      isOutdated(key);
      return;
    }
    nodes.forEach(node -> addSource(entry, node));
    if (entry.state == State.PULLING) {
      advance(entry, nowNanos);
    }
  }

  /** The owner, when asked, says that the object is another now: whoever wants it must ask it. */
  void isOutdated(ObjectKey key) {
    PullEntry entry = entries.get(key);
    if (entry != null && entry.lanes.isEmpty() && entry.state != State.CANCELLING) {
      lose(entry);
    }
  }

  /** The task whose copy of an object is being pulled; of the newest that was wanted. */
  int taskAttempt(ObjectKey key) {
    PullEntry entry = entries.get(key);
    return entry == null ? 0 : entry.taskAttempt;
  }

  /** Nobody wants the object any more, or its owner freed it. */
  void drop(ObjectKey key) {
    PullEntry entry = entries.get(key);
    if (entry == null) {
      return;
    }
    entry.isWantedAgain = false;
    if (entry.state == State.QUEUED) {
      forget(entry);
    } else if (entry.lanes.isEmpty()) {
      forget(entry);
      actions.add(new PullAction.GiveUp(key));
    } else if (entry.state == State.PULLING) {
      entry.state = State.CANCELLING;
      ready.remove(entry);
      sleep(entry, Long.MAX_VALUE);
      entry.lanes.keySet().forEach(attempt -> actions.add(new PullAction.Cancel(key, attempt)));
    }
  }

  /** A reservation has its memory. */
  void roomGranted(ObjectKey key, long nowNanos) {
    PullEntry entry = entries.get(key);
    if (entry == null || entry.state != State.RESERVING) {
      throw new IllegalStateException("Nobody asked for this room: key=" + key);
    }
    entry.state = State.PULLING;
    advance(entry, nowNanos);
  }

  /** A reservation is withdrawn by its giver, who tells those who wait. */
  void roomRefused(ObjectKey key) {
    PullEntry entry = entries.get(key);
    if (entry != null) {
      forget(entry);
    }
  }

  /** Nobody uses what has come of the object, so it may be written over by another copy. */
  void startOver(ObjectKey key, long nowNanos) {
    PullEntry entry = entries.get(key);
    if (entry != null && entry.state == State.PULLING && entry.lanes.isEmpty()) {
      entry.startOver();
      advance(entry, nowNanos);
    }
  }

  /** Somebody uses what has come of the object, so it can't be written over. */
  void cannotStartOver(ObjectKey key) {
    PullEntry entry = entries.get(key);
    if (entry != null && entry.lanes.isEmpty() && !entry.hasHope()) {
      lose(entry);
    }
  }

  /** A transfer does not touch its object's memory any more. */
  void transferEnded(ObjectKey key, int attempt, PullOutcome outcome, long nowNanos) {
    PullEntry entry = entries.get(key);
    Lane lane = entry == null ? null : entry.lanes.remove(attempt);
    if (entry == null || lane == null) {
      throw new IllegalStateException(
          "Transfer was not started: key=" + key + ", attempt=" + attempt);
    }
    lane.source().running--;
    transfersByNode.merge(lane.source().node, -1, Integer::sum);
    entry.taken.clear(lane.part());
    learn(entry, lane, outcome, nowNanos);
    goOn(entry, nowNanos);
    for (PullEntry waiting : new ArrayList<>(ready)) {
      advance(waiting, nowNanos);
    }
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
      PullSource source = entry.sources.get(node);
      if (source == null || source.isGone) {
        continue;
      }
      source.lose("node died");
      entry.lanes.forEach((attempt, lane) -> {
        if (lane.source() == source && entry.state == State.PULLING) {
          actions.add(new PullAction.Cancel(entry.key, attempt));
        }
      });
      if (entry.state == State.PULLING) {
        advance(entry, nowNanos);
      } else if (entry.state != State.CANCELLING && !entry.hasHope()) {
        lose(entry);
      }
    }
  }

  /** Ends the rests that are over. */
  void onTime(long nowNanos) {
    for (PullEntry entry : new ArrayList<>(waking)) {
      if (nowNanos - entry.wakeNanos >= 0) {
        advance(entry, nowNanos);
      }
    }
  }

  private void learn(PullEntry entry, Lane lane, PullOutcome outcome, long nowNanos) {
    PullSource source = lane.source();
    switch (outcome) {
      case PullOutcome.Complete(SourceReport report, boolean isFromFile) -> {
        if (!isOfThisCopy(entry, report)) {
          source.loseForOtherCopy();
          return;
        }
        entry.heardNanos = nowNanos;
        entry.stamp = report.stamp();
        entry.done.set(lane.part());
        source.succeed(report, isFromFile, config.partBytes());
        report.readerNodes().forEach(node -> addSource(entry, node));
      }
      case PullOutcome.Absent(SourceReport report) -> {
        if (!source.isGone) {
          source.absent(report, config.partBytes(), entry.done, nowNanos);
        }
        // Sources that have nothing must not keep each other alive by naming each other.
        if (report.parts().isEmpty()) {
          entry.heardNanos = nowNanos;
          report.readerNodes().forEach(node -> addSource(entry, node));
        }
      }
      case PullOutcome.OtherCopy _ -> {
        if (!source.isGone) {
          source.loseForOtherCopy();
        }
      }
      case PullOutcome.Busy _ -> {
        entry.heardNanos = nowNanos;
        if (!source.isGone) {
          source.busy(config, nowNanos);
        }
      }
      case PullOutcome.Missing(String reason) -> source.lose(reason);
      case PullOutcome.Corrupt(String reason) -> {
        corruptParts++;
        fail(source, reason, nowNanos);
      }
      case PullOutcome.Failed(String reason) -> fail(source, reason, nowNanos);
    }
  }

  private void fail(PullSource source, String reason, long nowNanos) {
    if (!source.isGone) {
      source.fail(reason, config, nowNanos);
    }
  }

  private static boolean isOfThisCopy(PullEntry entry, SourceReport report) {
    return entry.stamp == 0 || entry.stamp == report.stamp();
  }

  private void addSource(PullEntry entry, int node) {
    PullSource known = entry.sources.get(node);
    if (node == selfNode || (known != null && !known.isGone)) {
      return;
    }
    // One that is gone may have got the object since, but its transfers must be told apart.
    if (known == null || known.running == 0) {
      PullSource source = new PullSource(node);
      entry.sources.put(node, source);
      if (deadNodes.contains(node)) {
        source.lose("node died");
      }
    }
  }

  private void goOn(PullEntry entry, long nowNanos) {
    if (entry.isWhole()) {
      forget(entry);
      actions.add(new PullAction.Complete(entry.key, entry.stamp));
    } else if (entry.state == State.PULLING) {
      advance(entry, nowNanos);
    } else if (entry.lanes.isEmpty() && entry.isWantedAgain) {
      entry.state = State.PULLING;
      advance(entry, nowNanos);
    } else if (entry.lanes.isEmpty()) {
      forget(entry);
      actions.add(new PullAction.GiveUp(entry.key));
    }
  }

  /** Starts as many transfers as sources and bounds allow. */
  private void advance(PullEntry entry, long nowNanos) {
    ready.remove(entry);
    sleep(entry, Long.MAX_VALUE);
    while (entry.hasWork()) {
      PullSource best = bestSource(entry, nowNanos);
      if (best == null) {
        break;
      }
      start(entry, best);
    }
    if (!entry.hasWork()) {
      return;
    }
    long wakeNanos = Long.MAX_VALUE;
    for (PullSource source : entry.sources.values()) {
      if (!source.isGone && source.isResting && nowNanos - source.restUntilNanos < 0) {
        wakeNanos = Math.min(wakeNanos, source.restUntilNanos);
      } else if (!source.isGone && transfers(source.node) >= config.transfersPerNodeMax()) {
        ready.add(entry);
      }
    }
    sleep(entry, wakeNanos);
    if (entry.lanes.isEmpty() && !entry.hasHope()) {
      if (entry.hasOtherCopies()) {
        actions.add(new PullAction.StartOver(entry.key));
      } else {
        lose(entry);
      }
    } else if (entry.isOutOfReach()) {
      outOfReach(entry, nowNanos);
    }
  }

  /** No source can be reached now: asks for others, makes way, and gives up after the grace. */
  private void outOfReach(PullEntry entry, long nowNanos) {
    long sinceNanos = nowNanos - entry.heardNanos;
    if (sinceNanos >= config.grace().toNanos()) {
      forget(entry);
      actions.add(new PullAction.DoWithout(entry.key, entry.describe()));
      return;
    }
    if (entry.hasOtherCopies() && sinceNanos >= config.patienceNanos()) {
      actions.add(new PullAction.StartOver(entry.key));
      return;
    }
    if (!entry.isAsked || nowNanos - entry.askedNanos >= config.backOffMax().toNanos()) {
      entry.isAsked = true;
      entry.askedNanos = nowNanos;
      actions.add(new PullAction.AskOwner(entry.key));
    }
    if (!queued.isEmpty() && sinceNanos >= config.backOffMax().toNanos()) {
      makeWay(entry);
    }
  }

  /** Pulls that wait may have better luck: this one goes to the end of the line. */
  private void makeWay(PullEntry entry) {
    sleep(entry, Long.MAX_VALUE);
    ready.remove(entry);
    bytesInFlight -= entry.sizeBytes;
    entry.state = State.QUEUED;
    entry.startOver();
    queued.addLast(entry);
    actions.add(new PullAction.GiveUp(entry.key));
    admit();
  }

  /** The least busy source that may be asked for something now, of the best if there are such. */
  private @Nullable PullSource bestSource(PullEntry entry, long nowNanos) {
    boolean hasEnough = entry.sourcesInUse() >= config.sourcesMax();
    boolean hasBest = entry.hasBest(nowNanos);
    PullSource best = null;
    for (PullSource source : entry.sources.values()) {
      if (source.isGone
          || (hasBest && !source.isBest(nowNanos))
          || source.running >= config.partsPerSourceMax()
          || (hasEnough && source.running == 0)
          || transfers(source.node) >= config.transfersPerNodeMax()
          || !mayAsk(entry, source, nowNanos)) {
        continue;
      }
      if (best == null
          || source.running < best.running
          || (source.running == best.running && transfers(source.node) < transfers(best.node))) {
        best = source;
      }
    }
    return best;
  }

  private boolean mayAsk(PullEntry entry, PullSource source, long nowNanos) {
    if (source.isResting && nowNanos - source.restUntilNanos < 0) {
      return false;
    }
    if (!addresses.containsKey(source.node)) {
      source.fail("node is not known here", config, nowNanos);
      return false;
    }
    if (!source.isResting && entry.nextPart(source, false) < 0) {
      source.restUntilAsked(nowNanos);
      return false;
    }
    return true;
  }

  private void start(PullEntry entry, PullSource source) {
    int known = entry.nextPart(source, false);
    int part = known >= 0 ? known : entry.nextPart(source, true);
    String address = addresses.get(source.node);
    if (part < 0 || address == null) {
      throw new IllegalStateException("Source can't be asked: node=" + source.node);
    }
    source.isResting = false;
    source.running++;
    transfersByNode.merge(source.node, 1, Integer::sum);
    entry.taken.set(part);
    int attempt = ++entry.lastAttempt;
    entry.lanes.put(attempt, new Lane(source, part));
    actions.add(
        new PullAction.Start(
            entry.key,
            attempt,
            entry.taskAttempt,
            source.node,
            address,
            entry.firstByte(part),
            entry.lengthBytes(part),
            entry.stamp));
  }

  private void sleep(PullEntry entry, long wakeNanos) {
    entry.wakeNanos = wakeNanos;
    if (wakeNanos == Long.MAX_VALUE) {
      waking.remove(entry);
    } else {
      waking.add(entry);
    }
  }

  private void lose(PullEntry entry) {
    forget(entry);
    actions.add(new PullAction.Lose(entry.key, entry.describe()));
  }

  private void forget(PullEntry entry) {
    entries.remove(entry.key);
    ready.remove(entry);
    sleep(entry, Long.MAX_VALUE);
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

  private int transfers(int node) {
    return transfersByNode.getOrDefault(node, 0);
  }
}
