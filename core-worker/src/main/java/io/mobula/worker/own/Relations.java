package io.mobula.worker.own;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.worker.net.Outbox;
import io.mobula.worker.object.ObjectEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which objects have to do with which other process, so that a death costs what the dead process
 * had to do with, and not what there is. Owner thread: the core worker's loop.
 *
 * <p>An owned object is listed under each of its borrowers, those that went and are remembered too,
 * and under each raylet that may hold a copy; a borrowed one under its owner. An object that nobody
 * else knows is not listed, nor is any under its own node's raylet, whose death is this process's.
 *
 * <p>Iteration is in the order in which objects were listed: the same events wind up the same way.
 */
final class Relations {
  private final Outbox outbox;
  private final Map<Long, Set<ObjectEntry>> byProcess = new HashMap<>();

  /** An object, and a process that it has to do with. */
  record Relation(long process, ObjectEntry entry) {}

  Relations(Outbox outbox) {
    this.outbox = outbox;
  }

  /** The object has to do with that process. Idempotent. */
  void add(ObjectEntry entry, long process) {
    if (process != outbox.raylet()) {
      byProcess.computeIfAbsent(process, fresh -> new LinkedHashSet<>()).add(entry);
    }
  }

  /** The object no longer has to do with that process. Idempotent. */
  void remove(ObjectEntry entry, long process) {
    Set<ObjectEntry> entries = byProcess.get(process);
    if (entries != null && entries.remove(entry) && entries.isEmpty()) {
      byProcess.remove(process);
    }
  }

  /** Whether copies of an owned object are, or may be, at these raylets may have changed. */
  void copiesChanged(ObjectEntry entry, Collection<Long> raylets) {
    for (long raylet : raylets) {
      if (entry.ownership().locations().contains(raylet)
          || entry.ownership().doubtfulLocations().contains(raylet)) {
        add(entry, raylet);
      } else {
        remove(entry, raylet);
      }
    }
  }

  /** An owned object is gone. */
  void forget(ObjectEntry entry) {
    processesOf(entry).forEach(process -> remove(entry, process));
  }

  /** What has to do with a process, or with any process of a node if it is a raylet's address. */
  List<Relation> of(long dead) {
    List<Relation> found = new ArrayList<>();
    if (ProcessAddress.isRaylet(dead)) {
      // As many as there are processes; their objects are not looked at.
      byProcess.keySet().stream()
          .filter(process -> ProcessAddress.diesWith(process, dead))
          .sorted()
          .forEach(process -> collect(process, found));
    } else {
      collect(dead, found);
    }
    return found;
  }

  /** The processes that borrow owned objects now. */
  List<Long> borrowers() {
    return byProcess.entrySet().stream()
        .filter(listed ->
            listed.getValue().stream()
                .anyMatch(entry -> entry.ownership().borrowers().all().contains(listed.getKey())))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  /**
   * Verifies that what is listed is what there is.
   *
   * @param entries all that this process knows
   */
  void check(Collection<ObjectEntry> entries) {
    Set<ObjectEntry> known = Collections.newSetFromMap(new IdentityHashMap<>());
    known.addAll(entries);
    for (ObjectEntry entry : known) {
      for (long process : isOwned(entry) ? processesOf(entry) : ownerOf(entry)) {
        if (process != outbox.raylet()
            && !byProcess.getOrDefault(process, Set.of()).contains(entry)) {
          throw unlisted("not listed", process, entry);
        }
      }
    }
    byProcess.forEach((process, listed) -> {
      for (ObjectEntry entry : listed) {
        boolean isRelated =
            isOwned(entry) ? processesOf(entry).contains(process) : entry.key().owner() == process;
        if (!known.contains(entry) || !isRelated) {
          throw unlisted("listed in vain", process, entry);
        }
      }
    });
  }

  private boolean isOwned(ObjectEntry entry) {
    return entry.key().owner() == outbox.self();
  }

  private static Set<Long> processesOf(ObjectEntry entry) {
    Set<Long> processes = new LinkedHashSet<>(entry.ownership().borrowers().known());
    processes.addAll(entry.ownership().locations());
    processes.addAll(entry.ownership().doubtfulLocations());
    return processes;
  }

  /** The owner of a borrowed object that would have to fail with it. */
  private static Set<Long> ownerOf(ObjectEntry entry) {
    return switch (entry.ownership().registration()) {
      case NONE -> Set.of();
      case SENT -> Set.of(entry.key().owner());
      case CONFIRMED -> entry.isReady() ? Set.of() : Set.of(entry.key().owner());
    };
  }

  private static IllegalStateException unlisted(String what, long process, ObjectEntry entry) {
    return new IllegalStateException(
        "relation " + what + ": process=" + ProcessAddress.describe(process) + ", " + entry);
  }

  private void collect(long process, List<Relation> found) {
    for (ObjectEntry entry : byProcess.getOrDefault(process, Set.of())) {
      found.add(new Relation(process, entry));
    }
  }
}
