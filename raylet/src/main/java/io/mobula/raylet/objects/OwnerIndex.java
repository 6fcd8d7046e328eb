package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which objects of this store belong to whom, and which processes are dead. Belongs to one thread.
 *
 * <p>The dead are remembered, because what they own may still arrive: a worker seals a result whose
 * owner has died meanwhile. Addresses are never used again; the oldest of {@value #DEAD_MAX} deaths
 * are forgotten, long after anything of theirs can be under way.
 */
final class OwnerIndex {

  private static final int DEAD_MAX = 100_000;

  private final Map<Long, Set<ObjectKey>> keysByOwner = new LinkedHashMap<>();
  private final Set<Long> dead = new LinkedHashSet<>();

  /** Of what was not made by the first attempt of its task; few. */
  private final Map<ObjectKey, Integer> laterAttempts = new HashMap<>();

  /**
   * An object is here, or another one under its name.
   *
   * @param taskAttempt of the task that made it; 0 for what was put
   */
  void add(ObjectKey key, int taskAttempt) {
    keysByOwner.computeIfAbsent(key.owner(), owner -> new LinkedHashSet<>()).add(key);
    if (taskAttempt == 0) {
      laterAttempts.remove(key);
    } else {
      laterAttempts.put(key, taskAttempt);
    }
  }

  /** Which attempt of its task made the object that is here. */
  int taskAttempt(ObjectKey key) {
    return laterAttempts.getOrDefault(key, 0);
  }

  void remove(ObjectKey key) {
    laterAttempts.remove(key);
    Set<ObjectKey> keys = keysByOwner.get(key.owner());
    if (keys != null && keys.remove(key) && keys.isEmpty()) {
      keysByOwner.remove(key.owner());
    }
  }

  /** Remembers a death and returns the objects here that died with it. */
  List<ObjectKey> die(long address) {
    dead.add(address);
    if (dead.size() > DEAD_MAX) {
      dead.remove(dead.iterator().next());
    }
    return ownedBy(address);
  }

  /** The objects here of a process, or of all processes of a node. */
  List<ObjectKey> ownedBy(long address) {
    if (!ProcessAddress.isRaylet(address)) {
      return List.copyOf(keysByOwner.getOrDefault(address, Collections.emptySet()));
    }
    List<ObjectKey> owned = new ArrayList<>();
    keysByOwner.forEach((owner, keys) -> {
      if (ProcessAddress.diesWith(owner, address)) {
        owned.addAll(keys);
      }
    });
    return owned;
  }

  boolean isDead(long process) {
    return dead.contains(process) || dead.contains(ProcessAddress.rayletOf(process));
  }

  /** The processes that own objects here. */
  List<Long> owners() {
    return List.copyOf(keysByOwner.keySet());
  }

  /** The objects that are here, in a set that is the caller's. */
  Set<ObjectKey> keys() {
    Set<ObjectKey> all = new LinkedHashSet<>();
    keysByOwner.values().forEach(all::addAll);
    return all;
  }

  /** How many objects there are. */
  int size() {
    return keysByOwner.values().stream().mapToInt(Set::size).sum();
  }
}
