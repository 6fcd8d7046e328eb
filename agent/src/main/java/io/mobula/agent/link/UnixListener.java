package io.mobula.agent.link;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A listening Unix socket and its file, which goes when the listener does. Owner thread: the
 * loop's.
 */
final class UnixListener implements Pollable {
  private static final Logger LOG = System.getLogger(UnixListener.class.getName());
  private static final int ACCEPTS_PER_TURN = 64;

  /** How long it waits after a failed accept: out of file descriptors, most likely. */
  private static final long ACCEPT_PAUSE_NANOS = 100_000_000;

  private final UnixLinks links;
  private final ServerSocketChannel channel;
  private final Path socket;
  private final Greeter greeter;
  private final @Nullable Object fileKey;
  private @Nullable SelectionKey key;

  UnixListener(UnixLinks links, ServerSocketChannel channel, Path socket, Greeter greeter)
      throws IOException {
    this.links = links;
    this.channel = channel;
    this.socket = socket;
    this.greeter = greeter;
    this.fileKey = fileKey();
  }

  void start(SelectionKey registered) {
    key = registered;
  }

  @Override
  public void onReady(int readyOps) {
    for (int i = 0; i < ACCEPTS_PER_TURN && channel.isOpen(); i++) {
      SocketChannel accepted = null;
      try {
        accepted = channel.accept();
        if (accepted == null) {
          return;
        }
        links.accepted(accepted, socket, greeter);
      } catch (IOException e) {
        LOG.log(Level.WARNING, "connection not accepted: path=" + socket, e);
        if (accepted != null) {
          UnixLinks.closeQuietly(accepted);
        }
        pause();
        return;
      }
    }
  }

  /** Closes and deletes the file, unless another socket has taken its place. */
  void close() {
    UnixLinks.closeQuietly(channel);
    try {
      if (Objects.equals(fileKey, fileKey())) {
        Files.deleteIfExists(socket);
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "socket file gone already: path=" + socket, e);
    }
  }

  private void pause() {
    SelectionKey paused = key;
    if (paused != null && paused.isValid()) {
      paused.interestOps(0);
      links.schedule(
          ACCEPT_PAUSE_NANOS,
          () -> {
            if (paused.isValid()) {
              paused.interestOps(SelectionKey.OP_ACCEPT);
            }
          });
    }
  }

  private @Nullable Object fileKey() throws IOException {
    return Files.readAttributes(socket, BasicFileAttributes.class).fileKey();
  }
}
