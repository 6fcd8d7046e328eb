package io.mobula.agent.link;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * What may stand in the way of a Unix socket's path: its length, its letters, and a file left
 * behind.
 */
public final class SocketPath {
  /** What every system takes: 104 bytes with the closing zero (Linux takes 108). */
  public static final int MAX_BYTES = 103;

  private SocketPath() {}

  /** What is wrong with the path and how to mend it, or null. */
  public static @Nullable String problem(Path socket) {
    if (!StandardCharsets.US_ASCII.newEncoder().canEncode(socket.toString())) {
      // gRPC makes a URI of it, which has no other letters.
      return "Unix socket path has letters that are not plain ASCII: path="
          + socket
          + "; set TMPDIR (or -Djava.io.tmpdir) to a folder whose path has none";
    }
    int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length <= MAX_BYTES) {
      return null;
    }
    return "Unix socket path too long: bytes="
        + length
        + ", max="
        + MAX_BYTES
        + " (the system's limit is 104 to 108 with the closing zero), path="
        + socket
        + "; set TMPDIR (or -Djava.io.tmpdir) to a shorter folder";
  }

  /**
   * Makes the path free for a new socket: a socket file whose process is gone is deleted.
   *
   * @throws IOException if the path is too long, or something else or a living process is there
   */
  public static void prepare(Path socket) throws IOException {
    String problem = problem(socket);
    if (problem != null) {
      throw new IOException(problem);
    }
    if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    boolean isSpecial =
        Files.readAttributes(socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
            .isOther();
    if (!isSpecial) {
      throw new IOException("not a socket, left alone: path=" + socket);
    }
    if (isServed(socket)) {
      throw new IOException("a living process listens there already: path=" + socket);
    }
    Files.deleteIfExists(socket);
  }

  /** Only the user may connect from now on. */
  public static void restrict(Path socket) throws IOException {
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
  }

  private static boolean isServed(Path socket) throws IOException {
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.configureBlocking(false);
      // Also when it does not connect at once: the queue of a living listener is full.
      probe.connect(UnixDomainSocketAddress.of(socket));
      return true;
    } catch (ConnectException e) {
      return false;
    }
  }
}
