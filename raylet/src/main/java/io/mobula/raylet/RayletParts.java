package io.mobula.raylet;

import io.mobula.agent.loop.AgentLoop;
import io.mobula.agent.session.NodeDirectory;
import io.mobula.agent.session.OpenParts;
import io.mobula.agent.session.SessionDirectory;
import io.mobula.raylet.transfer.DataServer;
import io.mobula.store.file.StoreFile;
import io.mobula.store.spill.SpillTarget;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/**
 * What a raylet has opened, to be closed in the opposite order. Parts are added by the starting
 * thread and, for the store's file, by one of its virtual threads; each is added before whoever
 * uses it can know of it.
 */
final class RayletParts {
  private final Deque<AutoCloseable> opened = new ConcurrentLinkedDeque<>();
  private volatile @Nullable SessionDirectory session;
  private volatile @Nullable NodeDirectory directory;
  private volatile @Nullable AgentLoop<RayletMessage> loop;
  private volatile @Nullable DataServer dataServer;
  private volatile @Nullable StoreFile storeFile;
  private volatile @Nullable SpillTarget spillTarget;

  static Random secureRandom() {
    return new SecureRandom();
  }

  /** Closed among the others, unless it is one of those below. */
  <T extends AutoCloseable> T add(T part) {
    opened.push(part);
    return part;
  }

  void setSession(SessionDirectory part) {
    session = add(part);
  }

  void setDirectory(NodeDirectory part) {
    directory = add(part);
  }

  void setLoop(AgentLoop<RayletMessage> part) {
    loop = add(part);
  }

  void setDataServer(DataServer part) {
    dataServer = add(part);
  }

  /**
   * Closed after all that was opened before it but the directories: nothing maps it any more then.
   */
  void setStoreFile(StoreFile part) {
    storeFile = part;
  }

  /** Closed as the store's file is. */
  void setSpillTarget(SpillTarget part) {
    spillTarget = part;
  }

  SpillTarget spillTarget() {
    return Objects.requireNonNull(spillTarget);
  }

  SessionDirectory session() {
    return Objects.requireNonNull(session);
  }

  NodeDirectory directory() {
    return Objects.requireNonNull(directory);
  }

  boolean hasLoop() {
    return loop != null;
  }

  AgentLoop<RayletMessage> loop() {
    return Objects.requireNonNull(loop);
  }

  /** Null if the node has no port. */
  @Nullable DataServer dataServer() {
    return dataServer;
  }

  StoreFile storeFile() {
    return Objects.requireNonNull(storeFile);
  }

  /** A name for the node's store that tells people whose it is. */
  String storeLabel() {
    return session().path().getFileName() + "." + directory().path().getFileName();
  }

  /** Closes everything; what can't be closed is logged and does not stop the rest. */
  void close() {
    ArrayDeque<AutoCloseable> rest = new ArrayDeque<>(opened);
    while (!rest.isEmpty()) {
      AutoCloseable part = rest.removeFirst();
      if (part.equals(directory)) {
        closeStore();
      }
      close(part);
    }
  }

  private void closeStore() {
    for (AutoCloseable part : new AutoCloseable[] {storeFile, spillTarget}) {
      if (part != null) {
        close(part);
      }
    }
  }

  private static void close(AutoCloseable part) {
    OpenParts.close(part.getClass().getSimpleName(), part);
  }
}
