package io.mobula.store.table;

import io.mobula.store.StoreKey;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Answers questions that look at everything: for people, and for checking. */
final class StoreRanking {

  private StoreRanking() {}

  static List<ObjectReport> largestObjects(
      Collection<StoreEntry> entries,
      Collection<ClientEntry> clients,
      Map<Integer, Set<Long>> sharedHolders,
      int countMax) {
    Comparator<StoreEntry> largestFirst =
        Comparator.comparingLong((StoreEntry entry) -> entry.range.sizeBytes())
            .reversed()
            .thenComparingLong(entry -> entry.range.offset());
    return entries.stream()
        .sorted(largestFirst)
        .limit(countMax)
        .map(entry -> report(entry, clients, sharedHolders.getOrDefault(entry.slot, Set.of())))
        .toList();
  }

  static List<HolderReport> largestHolders(Collection<ClientEntry> clients, int countMax) {
    Comparator<HolderReport> mostFirst =
        Comparator.comparingLong(
                (HolderReport holder) -> holder.heldBytes() + holder.writingBytes())
            .reversed()
            .thenComparingLong(HolderReport::clientId);
    return clients.stream()
        .map(StoreRanking::report)
        .filter(holder -> holder.heldCount() + holder.writingCount() > 0)
        .sorted(mostFirst)
        .limit(countMax)
        .toList();
  }

  /**
   * Checks that objects and clients agree about holds and writers.
   *
   * @throws IllegalStateException if they do not
   */
  static void verifyHolds(Collection<StoreEntry> entries, Collection<ClientEntry> clients) {
    Map<StoreKey, Integer> holdCounts = new HashMap<>();
    int writingCount = 0;
    for (ClientEntry client : clients) {
      for (ClientEntry.Hold hold : client.holds.values()) {
        holdCounts.merge(hold.entry.key, hold.count, Integer::sum);
      }
      for (StoreEntry entry : client.writing) {
        require(entry.isWriting() && entry.writerId == client.clientId, "Writer is wrong", entry);
        writingCount++;
      }
    }
    for (StoreEntry entry : entries) {
      int expected = holdCounts.getOrDefault(entry.key, 0);
      holdCounts.remove(entry.key);
      require(entry.holdCount == expected, "Hold count differs from the clients'", entry);
      require(!entry.isPinned || entry.state == ObjectState.SEALED, "Pin in wrong state", entry);
      writingCount -= entry.isWriting() ? 1 : 0;
    }
    if (!holdCounts.isEmpty() || writingCount != 0) {
      throw new IllegalStateException(
          "Clients hold or write objects that are gone: holds="
              + holdCounts
              + ", writingCount="
              + writingCount);
    }
  }

  private static ObjectReport report(
      StoreEntry entry, Collection<ClientEntry> clients, Set<Long> sharedHolders) {
    Set<Long> holderIds = new LinkedHashSet<>(sharedHolders);
    for (ClientEntry client : clients) {
      if (client.holdCount(entry.key) > 0) {
        holderIds.add(client.clientId);
      }
    }
    return new ObjectReport(
        entry.key,
        entry.range,
        entry.state,
        entry.isPinned,
        entry.writerId,
        List.copyOf(holderIds));
  }

  private static HolderReport report(ClientEntry client) {
    long heldBytes =
        client.holds.values().stream().mapToLong(hold -> hold.entry.range.sizeBytes()).sum();
    long writingBytes = client.writing.stream().mapToLong(entry -> entry.range.sizeBytes()).sum();
    return new HolderReport(
        client.clientId, heldBytes, client.holds.size(), writingBytes, client.writing.size());
  }

  private static void require(boolean isTrue, String problem, StoreEntry entry) {
    if (!isTrue) {
      throw new IllegalStateException(
          problem + ": key=" + entry.key + ", state=" + entry.state + ", holds=" + entry.holdCount);
    }
  }
}
