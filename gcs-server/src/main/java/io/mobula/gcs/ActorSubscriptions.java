package io.mobula.gcs;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who wants to know of which actor. Soft. A subscription may come before its actor: the creator's
 * registration travels by another way. Owner thread: the GCS's loop.
 */
final class ActorSubscriptions {
  private final Map<ObjectKey, Set<Long>> subscribers = new HashMap<>();
  private final Map<Long, Set<ObjectKey>> bySubscriber = new HashMap<>();

  /** Subscriptions whose actor is not known, with the time they came. */
  private final Map<Subscription, Long> early = new LinkedHashMap<>();

  /** A process and an actor. */
  record Subscription(long subscriber, ObjectKey actor) {}

  void add(Subscription subscription) {
    subscribers
        .computeIfAbsent(subscription.actor, ignored -> new LinkedHashSet<>())
        .add(subscription.subscriber);
    bySubscriber
        .computeIfAbsent(subscription.subscriber, ignored -> new LinkedHashSet<>())
        .add(subscription.actor);
  }

  void addEarly(Subscription subscription, long nowNanos) {
    add(subscription);
    early.putIfAbsent(subscription, nowNanos);
  }

  void remove(Subscription subscription) {
    early.remove(subscription);
    removeFrom(subscribers, subscription.actor, subscription.subscriber);
    removeFrom(bySubscriber, subscription.subscriber, subscription.actor);
  }

  /** Ends all subscriptions of a process, or of all processes of a node. */
  void removeDead(long dead) {
    List<Long> gone =
        bySubscriber.keySet().stream()
            .filter(subscriber -> ProcessAddress.diesWith(subscriber, dead))
            .toList();
    for (Long subscriber : gone) {
      for (ObjectKey actor : List.copyOf(bySubscriber.getOrDefault(subscriber, Set.of()))) {
        remove(new Subscription(subscriber, actor));
      }
    }
  }

  /** Those to tell of a change; the actor is known from now on. */
  List<Subscription> of(ObjectKey actor) {
    List<Subscription> found = new ArrayList<>();
    for (Long subscriber : subscribers.getOrDefault(actor, Set.of())) {
      Subscription subscription = new Subscription(subscriber, actor);
      early.remove(subscription);
      found.add(subscription);
    }
    return found;
  }

  /** Ends and returns subscriptions that have waited for their actor for that long. */
  List<Subscription> expireEarly(long nowNanos, long maxNanos) {
    List<Subscription> expired = new ArrayList<>();
    Iterator<Map.Entry<Subscription, Long>> entries = early.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<Subscription, Long> entry = entries.next();
      if (nowNanos - entry.getValue() < maxNanos) {
        break;
      }
      expired.add(entry.getKey());
      entries.remove();
    }
    expired.forEach(this::remove);
    return expired;
  }

  boolean isEmpty() {
    return subscribers.isEmpty() && bySubscriber.isEmpty() && early.isEmpty();
  }

  private static <K, V> void removeFrom(Map<K, Set<V>> map, K key, V value) {
    Set<V> values = map.get(key);
    if (values != null && values.remove(value) && values.isEmpty()) {
      map.remove(key);
    }
  }
}
