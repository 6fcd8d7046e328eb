package io.mobula.raylet.classpath;

import io.mobula.agent.loop.LoopExecutor;
import io.mobula.proto.ClassPathEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The files of {@link ClassPathTable}: looks at entries, writes packages. An edge: each operation
 * runs on a virtual thread and its outcome is posted to the raylet's loop. A package's operations
 * never overlap, since the table waits for each.
 */
public final class PackageCache implements PackageStore {
  private final Path folder;
  private final Map<String, Long> runtimeJars;
  private final LoopExecutor loop;
  private final Outcomes outcomes;
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("raylet-packages").factory());

  /**
   * Makes the edge.
   *
   * @param folder where packages are kept
   * @param runtimeClassPath what every worker has anyway
   */
  public PackageCache(
      Path folder, List<Path> runtimeClassPath, LoopExecutor loop, Outcomes outcomes) {
    this.folder = folder;
    this.loop = loop;
    this.outcomes = outcomes;
    this.runtimeJars = sizesByName(runtimeClassPath);
  }

  @Override
  public String pathOf(String sha256) {
    return fileOf(sha256).toString();
  }

  @Override
  public void inspect(int job, boolean isSameHost, List<ClassPathEntry> entries) {
    inOrder(() -> {
      List<Inspection> findings =
          entries.stream().map(entry -> inspect(entry, isSameHost)).toList();
      post(() -> outcomes.inspected(job, findings));
    });
  }

  @Override
  public void write(String sha256, long offset, byte[] data, boolean isLast) {
    inOrder(() -> {
      try {
        append(sha256, offset, data);
        if (isLast) {
          finish(sha256);
        }
        post(() -> outcomes.chunkWritten(sha256, offset + data.length, isLast));
      } catch (IOException e) {
        post(() -> outcomes.writeFailed(sha256, e.toString()));
      }
    });
  }

  @Override
  public void delete(String sha256) {
    inOrder(() -> {
      try {
        Files.deleteIfExists(draftOf(sha256));
        Files.deleteIfExists(fileOf(sha256));
      } catch (IOException e) {
        System.getLogger(PackageCache.class.getName())
            .log(System.Logger.Level.WARNING, "package not deleted: sha256=" + sha256, e);
      }
    });
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }

  private Inspection inspect(ClassPathEntry entry, boolean isSameHost) {
    Path path = Path.of(entry.getPath());
    Path name = path.getFileName();
    if (!entry.getIsFolder()
        && name != null
        && runtimeJars.getOrDefault(name.toString(), -1L) == entry.getSizeBytes()) {
      return Inspection.DUPLICATE;
    }
    return isSameHost && Files.isReadable(path) ? Inspection.USABLE : Inspection.MISSING;
  }

  private void append(String sha256, long offset, byte[] data) throws IOException {
    try (FileChannel channel =
        FileChannel.open(draftOf(sha256), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      if (offset == 0) {
        channel.truncate(0);
      }
      ByteBuffer rest = ByteBuffer.wrap(data);
      long position = offset;
      while (rest.hasRemaining()) {
        position += channel.write(rest, position);
      }
    }
  }

  private void finish(String sha256) throws IOException {
    String found = sha256Of(draftOf(sha256));
    if (!found.equals(sha256)) {
      Files.deleteIfExists(draftOf(sha256));
      throw new IOException(
          "its content has another hash: expected=" + sha256 + ", found=" + found);
    }
    Files.move(draftOf(sha256), fileOf(sha256), StandardCopyOption.ATOMIC_MOVE);
  }

  private Path fileOf(String sha256) {
    return folder.resolve(sha256 + ".jar");
  }

  private Path draftOf(String sha256) {
    return folder.resolve(sha256 + ".part");
  }

  private static String sha256Of(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
      while (channel.read(buffer) >= 0) {
        digest.update(buffer.flip());
        buffer.clear();
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static Map<String, Long> sizesByName(List<Path> classPath) {
    Map<String, Long> sizes = new HashMap<>();
    for (Path entry : classPath) {
      try {
        Path name = entry.getFileName();
        if (name != null && Files.isRegularFile(entry)) {
          sizes.put(name.toString(), Files.size(entry));
        }
      } catch (IOException e) {
        System.getLogger(PackageCache.class.getName())
            .log(System.Logger.Level.WARNING, "no size of class-path entry: path=" + entry, e);
      }
    }
    return Map.copyOf(sizes);
  }

  private void inOrder(Runnable work) {
    worker.execute(work);
  }

  private void post(Runnable outcome) {
    if (!loop.post(outcome)) {
      // The loop has ended: nobody is left to be told, and the node's folder is going away.
      System.getLogger(PackageCache.class.getName())
          .log(System.Logger.Level.DEBUG, "outcome of a package operation after the end");
    }
  }
}
