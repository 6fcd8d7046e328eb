package io.mobula.worker.loop;

import io.mobula.agent.id.ObjectKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The part of the {@link OwnershipOracle} that knows which tasks may run again when their results
 * are lost, and what they need then.
 */
final class RepeatableTasks {
  private record Needs(List<ObjectKey> inside, List<ObjectKey> arguments) {}

  private final Map<ObjectKey, Needs> byResult = new LinkedHashMap<>();

  /** Objects of which some value was put into a store, and of which some was not. */
  private final Set<ObjectKey> storedOnce = new HashSet<>();

  private final Set<ObjectKey> inlineOnce = new HashSet<>();

  /** Objects that are never made again. */
  private final Set<ObjectKey> freed = new HashSet<>();

  /**
   * @param inside references inside values among the arguments
   * @param arguments those that are arguments themselves
   */
  void add(ObjectKey result, List<ObjectKey> inside, List<ObjectKey> arguments) {
    byResult.put(result, new Needs(List.copyOf(inside), List.copyOf(arguments)));
  }

  /** Somebody made the object, maybe not for the first time. */
  void valueMade(ObjectKey key, boolean isStored) {
    (isStored ? storedOnce : inlineOnce).add(key);
  }

  /** The program has freed the object. */
  void freed(ObjectKey key) {
    freed.add(key);
  }

  /** What is perhaps kept for the task of that result, beside what is kept for those. */
  List<ObjectKey> mayNeed(ObjectKey result) {
    Needs needs = byResult.get(result);
    if (needs == null || freed.contains(result) || !storedOnce.contains(result)) {
      return List.of();
    }
    List<ObjectKey> all = new ArrayList<>(needs.inside);
    all.addAll(needs.arguments);
    return all;
  }

  /**
   * What is certainly kept for the task of that result if the result is in a store and all tasks
   * are kept: what it needs that no task can make again, and what those need that make the rest.
   */
  Set<ObjectKey> needs(ObjectKey result) {
    Set<ObjectKey> needed = new LinkedHashSet<>();
    addNeeds(result, new HashSet<>(), needed);
    return needed;
  }

  private void addNeeds(ObjectKey result, Set<ObjectKey> seen, Set<ObjectKey> needed) {
    Needs needs = byResult.get(result);
    if (needs != null && !freed.contains(result) && seen.add(result)) {
      needs.inside.forEach(key -> addNeeded(result, key, false, seen, needed));
      needs.arguments.forEach(key -> addNeeded(result, key, true, seen, needed));
    }
  }

  private void addNeeded(
      ObjectKey result,
      ObjectKey key,
      boolean isArgument,
      Set<ObjectKey> seen,
      Set<ObjectKey> needed) {
    boolean isStored = storedOnce.contains(key) && !inlineOnce.contains(key);
    if (key.owner() == result.owner() && byResult.containsKey(key)) {
      if (isStored) {
        addNeeds(key, seen, needed);
      }
    } else if (isStored || !isArgument) {
      needed.add(key);
    }
  }
}
