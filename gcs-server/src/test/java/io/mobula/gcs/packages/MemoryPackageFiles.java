package io.mobula.gcs.packages;

import com.google.protobuf.ByteString;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Packages in memory; every result comes at once. */
public final class MemoryPackageFiles implements PackageFiles {
  private final Map<String, ByteString> partial = new HashMap<>();
  private final Map<String, ByteString> complete = new HashMap<>();

  /** Whether the package is there, whole. */
  public boolean has(String sha256) {
    return complete.containsKey(sha256);
  }

  /** The name that these bytes must have. */
  public static String nameOf(ByteString data) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(data.toByteArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void append(
      String sha256, boolean isFirst, ByteString data, BiConsumer<Long, @Nullable String> done) {
    ByteString before = isFirst ? ByteString.EMPTY : partial.getOrDefault(sha256, ByteString.EMPTY);
    partial.put(sha256, before.concat(data));
    done.accept((long) before.size() + data.size(), null);
  }

  @Override
  public void complete(String sha256, BiConsumer<Long, @Nullable String> done) {
    ByteString data = Objects.requireNonNull(partial.remove(sha256));
    if (nameOf(data).equals(sha256)) {
      complete.put(sha256, data);
      done.accept((long) data.size(), null);
    } else {
      done.accept(0L, "the bytes have another hash");
    }
  }

  @Override
  public void read(
      String sha256, long offset, int lengthBytes, BiConsumer<ByteString, @Nullable String> done) {
    ByteString data = Objects.requireNonNull(complete.get(sha256));
    int begin = (int) Math.min(offset, data.size());
    done.accept(data.substring(begin, Math.min(data.size(), begin + lengthBytes)), null);
  }

  @Override
  public void delete(String sha256) {
    partial.remove(sha256);
    complete.remove(sha256);
  }
}
