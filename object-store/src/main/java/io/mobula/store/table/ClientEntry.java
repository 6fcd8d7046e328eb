package io.mobula.store.table;

import io.mobula.store.StoreKey;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one client holds and writes; in the order in which it began, so that it ends in order. */
final class ClientEntry {

  /** One client's holds of one object. */
  static final class Hold {
    final StoreEntry entry;
    int count;

    Hold(StoreEntry entry) {
      this.entry = entry;
    }
  }

  final long clientId;
  final Map<StoreKey, Hold> holds = new LinkedHashMap<>();
  final Set<StoreEntry> writing = new LinkedHashSet<>();

  ClientEntry(long clientId) {
    this.clientId = clientId;
  }

  int holdCount(StoreKey key) {
    @Nullable Hold hold = holds.get(key);
    return hold == null ? 0 : hold.count;
  }

  void addHold(StoreEntry entry) {
    holds.computeIfAbsent(entry.key, key -> new Hold(entry)).count++;
  }

  void dropHold(StoreEntry entry) {
    Hold hold = holds.get(entry.key);
    if (hold == null) {
      throw new IllegalStateException(
          "Client does not hold the object: clientId=" + clientId + ", key=" + entry.key);
    }
    hold.count--;
    if (hold.count == 0) {
      holds.remove(entry.key);
    }
  }
}
