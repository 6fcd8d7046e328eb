package io.mobula.driver;

import com.google.protobuf.ByteString;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Packet;
import io.mobula.proto.PutPackage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The class-path entries of this driver by content hash, read again and sent when the GCS asks. A
 * folder is sent as the jar made of it: entries sorted, without times, so that equal folders have
 * equal hashes. Thread-safe.
 */
final class PackageSource {
  private static final int CHUNK_BYTES = 512 << 10;
  private static final String ALGORITHM = "SHA-256";

  private final ConcurrentHashMap<String, Path> paths = new ConcurrentHashMap<>();

  /**
   * @param sha256 lower-case hex
   * @param sizeBytes of the jar, or of the jar made of the folder
   */
  record Content(String sha256, long sizeBytes) {}

  /** Hashes a jar or folder and remembers it. */
  Content add(Path path) throws IOException {
    CountingDigest digest = new CountingDigest();
    write(path, digest.stream());
    String sha256 = digest.hex();
    paths.put(sha256, path);
    return new Content(sha256, digest.count());
  }

  /**
   * Sends a package in pieces, in order; or the failure, if it can't be read. One that has changed
   * since is sent as it is: who receives it sees that by the hash. Blocks while it reads.
   *
   * @param send takes the packets for the GCS
   */
  void send(String sha256, Consumer<Packet.Builder> send) {
    Path path = paths.get(sha256);
    if (path == null) {
      send.accept(failure(sha256, "the driver has no class-path entry of this hash"));
      return;
    }
    try {
      ChunkSender sender = new ChunkSender(sha256, send);
      write(path, sender);
      sender.finish();
    } catch (IOException e) {
      send.accept(failure(sha256, "the driver can't read " + path + ": " + e.getMessage()));
    }
  }

  private static Packet.Builder failure(String sha256, String message) {
    return Packet.newBuilder()
        .setPutPackage(
            PutPackage.newBuilder()
                .setSha256(sha256)
                .setFailure(
                    Failure.newBuilder().setKind(FailureKind.NOT_FOUND).setMessage(message)));
  }

  private static void write(Path path, OutputStream out) throws IOException {
    if (Files.isDirectory(path)) {
      writeFolder(path, out);
    } else {
      try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
        in.transferTo(out);
      }
    }
  }

  private static void writeFolder(Path folder, OutputStream out) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    ZipOutputStream zip = new ZipOutputStream(out);
    for (Path file : files) {
      ZipEntry entry = new ZipEntry(folder.relativize(file).toString().replace('\\', '/'));
      entry.setLastModifiedTime(FileTime.fromMillis(0));
      zip.putNextEntry(entry);
      Files.copy(file, zip);
      zip.closeEntry();
    }
    zip.finish();
  }

  /** Where the packages of this source go. */
  static long destination() {
    return ProcessAddress.GCS;
  }

  /** Counts and hashes what is written. */
  private static final class CountingDigest {
    private final MessageDigest digest;
    private final CountingStream counter = new CountingStream();

    CountingDigest() {
      try {
        digest = MessageDigest.getInstance(ALGORITHM);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has " + ALGORITHM, e);
      }
    }

    OutputStream stream() {
      return new DigestOutputStream(counter, digest);
    }

    String hex() {
      return HexFormat.of().formatHex(digest.digest());
    }

    long count() {
      return counter.count;
    }
  }

  /** Counts bytes and drops them. */
  private static final class CountingStream extends OutputStream {
    private long count;

    @Override
    public void write(int b) {
      count++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      count += length;
    }
  }

  /** Cuts what is written into packets. */
  private static final class ChunkSender extends OutputStream {
    private final String sha256;
    private final Consumer<Packet.Builder> send;
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private int filled;
    private long offset;

    ChunkSender(String sha256, Consumer<Packet.Builder> send) {
      this.sha256 = sha256;
      this.send = send;
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      int at = from;
      int left = length;
      while (left > 0) {
        if (filled == CHUNK_BYTES) {
          flushChunk(false);
        }
        int count = Math.min(left, CHUNK_BYTES - filled);
        System.arraycopy(bytes, at, chunk, filled, count);
        filled += count;
        at += count;
        left -= count;
      }
    }

    void finish() {
      flushChunk(true);
    }

    private void flushChunk(boolean isLast) {
      send.accept(
          Packet.newBuilder()
              .setPutPackage(
                  PutPackage.newBuilder()
                      .setSha256(sha256)
                      .setOffset(offset)
                      .setData(ByteString.copyFrom(chunk, 0, filled))
                      .setLast(isLast)));
      offset += filled;
      filled = 0;
    }
  }
}
