package io.mobula.gcs.packages;

import com.google.protobuf.ByteString;
import io.mobula.agent.loop.LoopExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Packages as files of a private folder. One thread of its own does the disk work, in order;
 * results are posted to the loop. What is asked of it after {@link #close()} has no result.
 */
public final class PackageFolder implements PackageFiles, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(PackageFolder.class.getName());
  private static final String PARTIAL = ".part";

  private final Path folder;
  private final LoopExecutor loop;
  private final ExecutorService disk =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("gcs-packages").factory());

  private PackageFolder(Path folder, LoopExecutor loop) {
    this.folder = folder;
    this.loop = loop;
  }

  /** Creates the folder if need be. */
  public static PackageFolder open(Path folder, LoopExecutor loop) throws IOException {
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    return new PackageFolder(folder, loop);
  }

  @Override
  public void append(
      String sha256, boolean isFirst, ByteString data, BiConsumer<Long, @Nullable String> done) {
    run(done, 0L, () -> appendNow(sha256, isFirst, data));
  }

  @Override
  public void complete(String sha256, BiConsumer<Long, @Nullable String> done) {
    run(done, 0L, () -> completeNow(sha256));
  }

  @Override
  public void read(
      String sha256, long offset, int lengthBytes, BiConsumer<ByteString, @Nullable String> done) {
    run(done, ByteString.EMPTY, () -> readNow(sha256, offset, lengthBytes));
  }

  @Override
  public void delete(String sha256) {
    run(
        (ignored, error) -> {
          if (error != null) {
            LOG.log(System.Logger.Level.WARNING, "package not deleted: {0}", error);
          }
        },
        0L,
        () -> {
          Files.deleteIfExists(folder.resolve(sha256 + PARTIAL));
          Files.deleteIfExists(folder.resolve(sha256));
          return 0L;
        });
  }

  @Override
  public void close() {
    disk.close();
  }

  private <T> void run(BiConsumer<T, @Nullable String> done, T none, DiskWork<T> work) {
    try {
      disk.execute(() -> {
        try {
          T result = work.run();
          loop.post(() -> done.accept(result, null));
        } catch (IOException | UncheckedIOException e) {
          loop.post(() -> done.accept(none, e.toString()));
        }
      });
    } catch (RejectedExecutionException e) {
      LOG.log(System.Logger.Level.DEBUG, "closed; package request dropped", e);
    }
  }

  private long appendNow(String sha256, boolean isFirst, ByteString data) throws IOException {
    Path partial = folder.resolve(sha256 + PARTIAL);
    if (isFirst) {
      Files.deleteIfExists(partial);
      Files.createFile(
          partial,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    try (FileChannel file = FileChannel.open(partial, StandardOpenOption.APPEND)) {
      for (ByteBuffer piece : data.asReadOnlyByteBufferList()) {
        while (piece.hasRemaining()) {
          file.write(piece);
        }
      }
      return file.size();
    }
  }

  private long completeNow(String sha256) throws IOException {
    Path partial = folder.resolve(sha256 + PARTIAL);
    String actual = digest(partial);
    if (!actual.equals(sha256)) {
      Files.deleteIfExists(partial);
      throw new IOException("the bytes have another hash: expected=" + sha256 + ", got=" + actual);
    }
    Files.move(partial, folder.resolve(sha256), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    return Files.size(folder.resolve(sha256));
  }

  private ByteString readNow(String sha256, long offset, int lengthBytes) throws IOException {
    try (FileChannel file = FileChannel.open(folder.resolve(sha256), StandardOpenOption.READ)) {
      ByteBuffer buffer =
          ByteBuffer.allocate((int) Math.max(0, Math.min(lengthBytes, file.size() - offset)));
      long position = offset;
      while (buffer.hasRemaining()) {
        int count = file.read(buffer, position);
        if (count < 0) {
          break;
        }
        position += count;
      }
      return ByteString.copyFrom(buffer.flip());
    }
  }

  private static String digest(Path file) throws IOException {
    try (DigestInputStream input =
        new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
      byte[] buffer = new byte[64 << 10];
      int count;
      do {
        count = input.read(buffer);
      } while (count >= 0);
      return HexFormat.of().formatHex(input.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private interface DiskWork<T> {
    T run() throws IOException;
  }
}
