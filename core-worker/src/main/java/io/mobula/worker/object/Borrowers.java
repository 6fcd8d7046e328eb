package io.mobula.worker.object;

import io.mobula.agent.id.ProcessAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The processes that borrow one object, as its owner knows them. Owner thread: the core worker's
 * loop.
 *
 * <p>A borrower numbers what it says, rising, so it does not matter if something comes twice, late
 * or out of order: what is older than the last removal is history. For that a borrower that went is
 * remembered until it dies or the object is freed.
 */
public final class Borrowers {
  private final Map<Long, Long> present = new LinkedHashMap<>(0);
  private final Map<Long, Long> removed = new HashMap<>(0);

  /**
   * A process borrows the object.
   *
   * @return whether it did not before
   */
  public boolean add(long borrower, long number) {
    Long removal = removed.get(borrower);
    if (removal != null && number < removal) {
      return false;
    }
    Long before = present.get(borrower);
    present.put(borrower, before == null ? number : Math.max(before, number));
    return before == null;
  }

  /**
   * A process no longer borrows the object.
   *
   * @return whether it did until now
   */
  public boolean remove(long borrower, long number) {
    removed.merge(borrower, number, Math::max);
    Long addition = present.get(borrower);
    if (addition == null || addition > number) {
      return false;
    }
    present.remove(borrower);
    return true;
  }

  /**
   * A process, or a whole node, is dead.
   *
   * @return how many borrowers went with it
   */
  public int die(long dead) {
    removed.keySet().removeIf(borrower -> ProcessAddress.diesWith(borrower, dead));
    List<Long> gone = new ArrayList<>(0);
    for (long borrower : present.keySet()) {
      if (ProcessAddress.diesWith(borrower, dead)) {
        gone.add(borrower);
      }
    }
    gone.forEach(present::remove);
    return gone.size();
  }

  /** Who borrows it now, and who did and is remembered. */
  public Set<Long> known() {
    Set<Long> known = new LinkedHashSet<>(present.keySet());
    known.addAll(removed.keySet());
    return known;
  }

  /** Who borrows it now. */
  public Set<Long> all() {
    return present.keySet();
  }
}
