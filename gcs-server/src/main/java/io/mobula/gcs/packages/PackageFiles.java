package io.mobula.gcs.packages;

import com.google.protobuf.ByteString;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of packages by SHA-256. Requests are carried out in order; each result comes later on the
 * owner's loop. An error is a text for people, null if there is none.
 */
public interface PackageFiles {
  /** Adds the next piece; the first one begins the file anew. */
  void append(
      String sha256, boolean isFirst, ByteString data, BiConsumer<Long, @Nullable String> done);

  /** Checks the hash of what was appended and makes it readable; deletes it on an error. */
  void complete(String sha256, BiConsumer<Long, @Nullable String> done);

  /** Reads a piece; shorter at the end. */
  void read(
      String sha256, long offset, int lengthBytes, BiConsumer<ByteString, @Nullable String> done);

  /** Deletes the package, whole or not. */
  void delete(String sha256);
}
