package io.mobula.worker.user;

import io.mobula.worker.loop.CoreMessage;
import io.mobula.worker.loop.Rendezvous;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A loop's mailbox whose messages nobody handles: the test takes them. Room in the store is given
 * at once, unless the test gives it. Thread-safe.
 */
final class RecordingMailbox implements Mail.Mailbox {
  private final LinkedBlockingQueue<CoreMessage> messages = new LinkedBlockingQueue<>();
  private volatile boolean isOpen = true;
  private volatile boolean isGivingRoom = true;
  private volatile @Nullable Error refusal;

  @Override
  public boolean offer(CoreMessage message) {
    Error thrown = refusal;
    if (thrown != null) {
      throw thrown;
    }
    if (!isOpen) {
      return false;
    }
    messages.add(message);
    if (isGivingRoom && message instanceof CoreMessage.CreateStored create) {
      create.answer().complete(new CoreMessage.StoreRoom(-1, null, null));
    }
    return true;
  }

  @Override
  public boolean isOpen() {
    return isOpen;
  }

  /** As a loop that has ended. */
  void close() {
    isOpen = false;
  }

  /** From now on whoever asks for room waits, until the test answers. */
  void holdRoom() {
    isGivingRoom = false;
  }

  /** From now on posting throws this. */
  void refuse(Error thrown) {
    refusal = thrown;
  }

  /** Waits for a message of a kind; others before it stay. */
  <M extends CoreMessage> M await(Class<M> kind) throws InterruptedException {
    List<CoreMessage> others = new ArrayList<>();
    try {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (true) {
        CoreMessage next = messages.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (next == null) {
          throw new AssertionError("no " + kind.getSimpleName() + " came: others=" + others);
        }
        if (kind.isInstance(next)) {
          return kind.cast(next);
        }
        others.add(next);
      }
    } finally {
      messages.addAll(others);
    }
  }

  /** What has come and was not taken, of a kind. */
  <M extends CoreMessage> List<M> seen(Class<M> kind) {
    return messages.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** Takes what satisfies the test. */
  void drop(Predicate<CoreMessage> isDropped) {
    messages.removeIf(isDropped);
  }

  /** Gives room to who waits for it. */
  static boolean giveRoom(CoreMessage.CreateStored create) {
    Rendezvous<CoreMessage.StoreRoom> answer = create.answer();
    return answer.complete(new CoreMessage.StoreRoom(-1, null, null));
  }
}
