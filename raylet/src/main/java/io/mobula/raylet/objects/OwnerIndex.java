package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import java.util.ArrayList;
import java.util.Collections;
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

  void add(ObjectKey key) {
    keysByOwner.computeIfAbsent(key.owner(), owner -> new LinkedHashSet<>()).add(key);
  }

  void remove(ObjectKey key) {
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
