package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.raylet.transfer.PartRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which parts of which objects other nodes are reading here, and who they are. Belongs to one
 * thread.
 *
 * <p>A part of a sealed object is read under a hold of the store. A part of an object that this
 * node pulls itself has no hold to protect it, so it is counted here: its memory is not given back
 * before the last such part was read ({@link #isReadUnsealed}).
 *
 * <p>The copy of an object here has a stamp, which goes with its bytes: a new one for an object
 * that was made here, that of the source for one that was pulled.
 */
final class ServeTable {

  /** Readers that are told of each other. */
  private static final int READERS_MAX = 16;

  /** Parts of one object that are read at a time, if its readers can turn to each other instead. */
  private static final int PARTS_MAX = 16;

  private final int selfNode;
  private final Map<Long, Serve> serves = new HashMap<>();
  private final Map<ObjectKey, Integer> counts = new HashMap<>();
  private final Map<ObjectKey, Set<Integer>> readers = new HashMap<>();
  private final Map<ObjectKey, Long> stamps = new HashMap<>();
  private final Set<ObjectKey> givingBack = new HashSet<>();
  private long lastStamp;

  ServeTable(int selfNode) {
    this.selfNode = selfNode;
  }

  /** Whether a reader should rather turn to others now; those that read the file never should. */
  boolean isBusy(PartRequest request) {
    if (request.isFromFile()) {
      return false;
    }
    Set<Integer> known = readers.getOrDefault(request.key(), Set.of());
    boolean hasOthers = known.stream().anyMatch(node -> node != request.readerNode());
    return hasOthers && counts.getOrDefault(request.key(), 0) >= PARTS_MAX;
  }

  /** A reader wants the object; returns the others that do, or did. */
  List<Integer> noteReader(PartRequest request) {
    Set<Integer> known = readers.computeIfAbsent(request.key(), key -> new LinkedHashSet<>());
    List<Integer> others = new ArrayList<>(known);
    others.removeIf(node -> node == request.readerNode());
    if (request.readerNode() != selfNode) {
      known.remove(request.readerNode());
      known.add(request.readerNode());
      if (known.size() > READERS_MAX) {
        known.remove(known.iterator().next());
      }
    }
    return others;
  }

  /** The stamp of the whole copy here. */
  long stamp(ObjectKey key) {
    // The node's number makes it unlike all others, because a number is never given again.
    return stamps.computeIfAbsent(key, any -> ((long) selfNode << Integer.SIZE) + ++lastStamp);
  }

  /** A copy was pulled. */
  void pulled(ObjectKey key, long stamp) {
    stamps.put(key, stamp);
  }

  /** The copy is gone. */
  void forget(ObjectKey key) {
    stamps.remove(key);
    readers.remove(key);
  }

  /** A reader begins; under a hold if the object is sealed. */
  void begin(long ticket, ObjectKey key, boolean isHeld) {
    serves.put(ticket, new Serve(key, isHeld));
    counts.merge(key, 1, Integer::sum);
  }

  /** A reader is done; returns what it read and how, or null if it had not begun. */
  @Nullable Serve end(long ticket) {
    Serve serve = serves.remove(ticket);
    if (serve != null) {
      counts.computeIfPresent(serve.key, (key, count) -> count == 1 ? null : count - 1);
    }
    return serve;
  }

  /** Whether memory of an object that is not sealed is being read. */
  boolean isReadUnsealed(ObjectKey key) {
    return counts.containsKey(key)
        && serves.values().stream().anyMatch(serve -> serve.key.equals(key) && !serve.isHeld);
  }

  /** The object was sealed: those who read its parts have holds from now on. Returns how many. */
  int hold(ObjectKey key) {
    int held = 0;
    if (counts.containsKey(key)) {
      for (Map.Entry<Long, Serve> each : serves.entrySet()) {
        if (each.getValue().key.equals(key) && !each.getValue().isHeld) {
          each.setValue(new Serve(key, true));
          held++;
        }
      }
    }
    return held;
  }

  /** The memory of an object is to be given back when {@link #isReadUnsealed} is over. */
  void giveBackLater(ObjectKey key) {
    givingBack.add(key);
  }

  /** Whether memory that was to be given back later can be now; says so once. */
  boolean canGiveBack(ObjectKey key) {
    return !isReadUnsealed(key) && givingBack.remove(key);
  }

  /**
   * What a ticket reads.
   *
   * @param isHeld whether the store knows of it
   */
  record Serve(ObjectKey key, boolean isHeld) {}
}
