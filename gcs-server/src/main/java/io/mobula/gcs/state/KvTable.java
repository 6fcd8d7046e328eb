package io.mobula.gcs.state;

import com.google.protobuf.ByteString;
import io.mobula.proto.GcsSnapshot;
import io.mobula.proto.KvPut;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Keys and values, bounded in bytes. */
public final class KvTable {
  private final TreeMap<String, ByteString> values = new TreeMap<>();
  private final long bytesMax;
  private long usedBytes;

  KvTable(StateLimits limits) {
    bytesMax = limits.kvBytesMax();
  }

  /** The value of a key. */
  public Optional<ByteString> get(String key) {
    return Optional.ofNullable(values.get(key));
  }

  /** Keys that begin with the prefix, sorted. */
  public List<String> keys(String prefix) {
    return values.tailMap(prefix, true).keySet().stream()
        .takeWhile(key -> key.startsWith(prefix))
        .toList();
  }

  /** Whether the value fits beside the others. */
  boolean hasRoom(String key, ByteString value) {
    ByteString old = values.get(key);
    long freedBytes = old == null ? 0 : sizeBytes(key, old);
    return usedBytes - freedBytes + sizeBytes(key, value) <= bytesMax;
  }

  String describeUse() {
    return "used=" + usedBytes + " bytes, limit=" + bytesMax + " bytes";
  }

  void put(String key, ByteString value) {
    ByteString old = values.put(key, value);
    usedBytes += sizeBytes(key, value) - (old == null ? 0 : sizeBytes(key, old));
  }

  boolean delete(String key) {
    ByteString old = values.remove(key);
    if (old != null) {
      usedBytes -= sizeBytes(key, old);
    }
    return old != null;
  }

  void save(GcsSnapshot.Builder snapshot) {
    values.forEach((key, value) -> snapshot.addKv(KvPut.newBuilder().setKey(key).setValue(value)));
  }

  void restore(GcsSnapshot snapshot) {
    snapshot.getKvList().forEach(entry -> put(entry.getKey(), entry.getValue()));
  }

  private static long sizeBytes(String key, ByteString value) {
    return (long) key.getBytes(StandardCharsets.UTF_8).length + value.size();
  }
}
