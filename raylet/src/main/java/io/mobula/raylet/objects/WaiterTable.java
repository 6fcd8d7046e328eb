package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Who waits for which object, in the order in which they came. Belongs to one thread. */
final class WaiterTable {

  private final Map<ObjectKey, List<Waiter>> waiters = new LinkedHashMap<>();

  void add(ObjectKey key, Waiter waiter) {
    waiters.computeIfAbsent(key, any -> new ArrayList<>()).add(waiter);
  }

  /** Removes and returns all who wait for the object. */
  List<Waiter> take(ObjectKey key) {
    List<Waiter> taken = waiters.remove(key);
    return taken == null ? List.of() : taken;
  }

  /** Whether a process of this node waits for the object. */
  boolean hasFetch(ObjectKey key) {
    return waiters.getOrDefault(key, List.of()).stream().anyMatch(Waiter.Fetch.class::isInstance);
  }

  /** How urgently the object is wanted. */
  CreatePriority priority(ObjectKey key) {
    CreatePriority priority = CreatePriority.ARGUMENT;
    for (Waiter waiter : waiters.getOrDefault(key, List.of())) {
      priority =
          switch (waiter) {
            case Waiter.Fetch fetch -> priority.orMoreUrgent(fetch.priority());
            case Waiter.Serve _ -> CreatePriority.GET;
          };
    }
    return priority;
  }

  /** Whether anybody waits for the object. */
  boolean has(ObjectKey key) {
    return waiters.containsKey(key);
  }

  /** Removes and returns a client's latest wait for the object, if there is one. */
  Waiter.@Nullable Fetch removeFetch(ObjectKey key, long client) {
    List<Waiter> waiting = waiters.getOrDefault(key, List.of());
    for (int i = waiting.size() - 1; i >= 0; i--) {
      if (waiting.get(i) instanceof Waiter.Fetch fetch && fetch.client() == client) {
        remove(key, waiting, i);
        return fetch;
      }
    }
    return null;
  }

  /** Removes a ticket's wait for the object; returns whether there was one. */
  boolean removeServe(ObjectKey key, long ticket) {
    List<Waiter> waiting = waiters.getOrDefault(key, List.of());
    for (int i = 0; i < waiting.size(); i++) {
      if (waiting.get(i) instanceof Waiter.Serve serve && serve.ticket() == ticket) {
        remove(key, waiting, i);
        return true;
      }
    }
    return false;
  }

  /** Removes all waits of a client and returns the objects that it waited for. */
  List<ObjectKey> removeClient(long client) {
    Predicate<Waiter> isItsOwn =
        waiter -> waiter instanceof Waiter.Fetch fetch && fetch.client() == client;
    List<ObjectKey> touched = new ArrayList<>();
    waiters
        .entrySet()
        .removeIf(each -> {
          if (each.getValue().removeIf(isItsOwn)) {
            touched.add(each.getKey());
          }
          return each.getValue().isEmpty();
        });
    return touched;
  }

  /** The objects that somebody waits for. */
  List<ObjectKey> keys() {
    return List.copyOf(waiters.keySet());
  }

  private void remove(ObjectKey key, List<Waiter> waiting, int index) {
    waiting.remove(index);
    if (waiting.isEmpty()) {
      waiters.remove(key);
    }
  }
}
