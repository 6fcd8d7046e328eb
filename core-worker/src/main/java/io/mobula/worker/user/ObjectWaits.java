package io.mobula.worker.user;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.loop.Clock;
import io.mobula.api.GetTimeoutException;
import io.mobula.proto.Failure;
import io.mobula.proto.StoredObject;
import io.mobula.worker.execute.ArgumentFetcher;
import io.mobula.worker.failure.FailureExceptions;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.loop.CoreMessage;
import io.mobula.worker.loop.OpenWaits;
import io.mobula.worker.loop.Rendezvous;
import io.mobula.worker.object.MappedObject;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.object.ReadyListener;
import io.mobula.worker.own.SharedObjects;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Waiting for objects and reading them, on user threads. Thread-safe. */
final class ObjectWaits {

  /** The owner may find so often that a copy is where none was found. */
  private static final int ROUNDS_IN_VAIN_MAX = 10;

  private final long self;
  private final ValueExchange values;
  private final Mail mail;
  private final Waiting waiting;
  private final Clock clock;

  ObjectWaits(long self, ValueExchange values, Waiting waiting, Clock clock) {
    this.self = self;
    this.values = values;
    this.mail = waiting.mail();
    this.waiting = waiting;
    this.clock = clock;
  }

  /**
   * The time from which on waiting is over.
   *
   * @param timeout null: never
   */
  Deadline deadline(@Nullable Duration timeout) {
    if (timeout == null) {
      return new Deadline(Long.MAX_VALUE, null);
    }
    long nanos = timeout.isNegative() ? 0 : saturatedNanos(timeout);
    return new Deadline(nanos == Long.MAX_VALUE ? nanos : clock.nanoTime() + nanos, timeout);
  }

  /** Waits for one object and decodes it, or throws what it failed with. */
  @Nullable Object get(ObjectEntry entry, Deadline deadline) {
    if (!entry.isReady()) {
      awaitReady(List.of(entry), 1, deadline);
    }
    return read(entry, deadline);
  }

  /**
   * Waits until that many of the entries are ready or the deadline has passed.
   *
   * @param entries kept alive by the caller
   */
  void awaitReady(List<ObjectEntry> entries, int count, Deadline deadline) {
    awaitReady(entries, new Waiter(count, false), deadline);
  }

  /**
   * Waits until all of the entries are ready, one of them has failed, or the deadline has passed.
   *
   * @param entries kept alive by the caller
   */
  void awaitAllOrFailed(List<ObjectEntry> entries, Deadline deadline) {
    awaitReady(entries, new Waiter(entries.size(), true), deadline);
  }

  private void awaitReady(List<ObjectEntry> entries, Waiter waiter, Deadline deadline) {
    List<ObjectEntry> asked = new ArrayList<>(0);
    try {
      for (ObjectEntry entry : entries) {
        if (!entry.isReady()) {
          asked.add(entry);
          want(entry);
        }
        entry.whenReady(waiter);
      }
      if (waiter.isDone()) {
        return;
      }
      waiting.during(waiter, () -> await(waiter.latch, remaining(deadline)));
      waiter.throwIfEnded();
    } catch (InterruptedException e) {
      throw ValueExchange.interrupted(
          entries.size() == 1
              ? "the object: object=" + entries.getFirst().key()
              : "objects: count=" + entries.size());
    } finally {
      asked.forEach(entry -> entry.forget(waiter));
    }
  }

  /** Asks another owner for the value; that of an object of ours comes by itself. */
  void want(ObjectEntry entry) {
    if (entry.key().owner() != self) {
      entry.retain();
      // After the end nobody counts retains any more.
      mail.post(new CoreMessage.Want(entry));
    }
  }

  /** Decodes an object that is ready. */
  private @Nullable Object read(ObjectEntry entry, Deadline deadline) {
    return read(entry, deadline, 0);
  }

  private @Nullable Object read(ObjectEntry entry, Deadline deadline, int roundsInVain) {
    Outcome outcome = entry.outcome();
    return switch (outcome) {
      case Outcome.Inline inline -> values.decode(inline.kind(), inline.bytes());
      case Outcome.Stored stored -> readStored(entry, stored.object(), deadline, roundsInVain);
      case Outcome.Failed failed -> throw exception(failed.failure());
      case null ->
          throw new GetTimeoutException(
              "the object was not ready in time: object="
                  + entry.key()
                  + ", timeout="
                  + deadline.timeout());
    };
  }

  private @Nullable Object readStored(
      ObjectEntry entry, StoredObject stored, Deadline deadline, int roundsInVain) {
    MappedObject mapping = values.tryHold(entry.key());
    if (mapping == null) {
      Fetched fetched = fetch(entry, stored, deadline);
      mapping = fetched.object();
      if (mapping == null) {
        if (roundsInVain == ROUNDS_IN_VAIN_MAX) {
          throw exception(
              fetched.failure() == null ? null : Failures.outOfReach(fetched.failure()));
        }
        afterFailure(entry, stored, fetched.failure(), deadline);
        boolean isInVain =
            entry.outcome() instanceof Outcome.Stored now && now.object().equals(stored);
        return read(entry, deadline, isInVain ? roundsInVain + 1 : 0);
      }
    }
    return values.decode(entry.key(), stored.getKind(), mapping);
  }

  /** Waits until a lost object's owner has another copy, or none for good; throws what else was. */
  private void afterFailure(
      ObjectEntry entry, StoredObject stored, @Nullable Failure failure, Deadline deadline) {
    if (failure == null || !ArgumentFetcher.isLost(failure)) {
      // The owner's word, if there is one by now, says more than the raylet's.
      throw exception(
          entry.outcome() instanceof Outcome.Failed failed ? failed.failure() : failure);
    }
    recover(entry, stored, deadline);
  }

  private void recover(ObjectEntry entry, StoredObject lost, Deadline deadline) {
    Rendezvous<Boolean> settled = new Rendezvous<>();
    Runnable whenSettled = () -> settled.complete(Boolean.TRUE);
    boolean[] isSettled = new boolean[1];
    mail.post(new CoreMessage.Recover(entry, lost, whenSettled));
    try {
      waiting.during(settled, () -> isSettled[0] = settled.await(remaining(deadline)) != null);
    } catch (InterruptedException e) {
      throw ValueExchange.interrupted("the object to be made again: object=" + entry.key());
    } finally {
      if (!isSettled[0]) {
        mail.postUnlessClosed(new CoreMessage.ForgetRecovery(entry.key(), whenSettled));
      }
    }
    if (!isSettled[0]) {
      throw new GetTimeoutException(
          "the object was lost and has not been made again in time: object="
              + entry.key()
              + ", sizeBytes="
              + lost.getSizeBytes()
              + ", timeout="
              + deadline.timeout());
    }
  }

  /**
   * Has the bytes brought to this node. They are held for as long as they are read, so that a
   * program may have more references than its node has memory.
   */
  private Fetched fetch(ObjectEntry entry, StoredObject stored, Deadline deadline) {
    Rendezvous<Fetched> answer = new Rendezvous<>();
    mail.post(
        new CoreMessage.Fetch(
            stored,
            values.isShared() ? null : StreamRoom.of(stored),
            new FetchListener(entry.key(), answer)));
    @Nullable Fetched[] fetched = new @Nullable Fetched[1];
    try {
      waiting.during(answer, () -> fetched[0] = answer.await(remaining(deadline)));
    } catch (InterruptedException e) {
      abandon(answer, entry.key());
      throw ValueExchange.interrupted("the object to be brought here: object=" + entry.key());
    }
    Fetched result = fetched[0];
    if (result == null) {
      abandon(answer, entry.key());
      throw new GetTimeoutException(
          "the object did not reach this node in time: object="
              + entry.key()
              + ", sizeBytes="
              + stored.getSizeBytes()
              + ", timeout="
              + deadline.timeout());
    }
    return result;
  }

  /** Nobody waits any more: the use that may still come is ended as it comes. */
  private void abandon(Rendezvous<Fetched> answer, ObjectKey key) {
    Fetched late = answer.abandon();
    if (late != null && late.object() != null) {
      values.endUse(key, late.object());
    }
  }

  private RuntimeException exception(@Nullable Failure failure) {
    if (failure == null) {
      throw new IllegalStateException("failed without a failure");
    }
    Throwable userException =
        failure.hasException() ? values.decodeThrown(failure.getException()) : null;
    return FailureExceptions.toException(failure, userException);
  }

  private long remaining(Deadline deadline) {
    return deadline.atNanos() == Long.MAX_VALUE
        ? Long.MAX_VALUE
        : Math.max(0, deadline.atNanos() - clock.nanoTime());
  }

  /** Returns when time is up, too; the caller looks at what is ready. */
  private static void await(CountDownLatch latch, long nanos) throws InterruptedException {
    boolean isDone = nanos != Long.MAX_VALUE && latch.await(nanos, TimeUnit.NANOSECONDS);
    if (!isDone && nanos == Long.MAX_VALUE) {
      latch.await();
    }
  }

  private static long saturatedNanos(Duration timeout) {
    return timeout.compareTo(Duration.ofDays(36_500)) > 0 ? Long.MAX_VALUE : timeout.toNanos();
  }

  /**
   * @param timeout as the user gave it, for messages
   */
  record Deadline(long atNanos, @Nullable Duration timeout) {}

  private record Fetched(@Nullable MappedObject object, @Nullable Failure failure) {}

  /** Counts ready objects for one thread. */
  private static final class Waiter implements ReadyListener, OpenWaits.Wait {
    private final CountDownLatch latch;
    private final boolean isEndedByFailure;
    private volatile @Nullable Failure end;

    /**
     * @param isEndedByFailure whether one that failed ends the wait
     */
    Waiter(int count, boolean isEndedByFailure) {
      this.latch = new CountDownLatch(count);
      this.isEndedByFailure = isEndedByFailure;
    }

    @Override
    public void onReady(ObjectEntry entry) {
      latch.countDown();
      if (isEndedByFailure && entry.outcome() instanceof Outcome.Failed) {
        while (!isDone()) {
          latch.countDown();
        }
      }
    }

    @Override
    public void end(Failure reason) {
      while (latch.getCount() > 0) {
        end = reason;
        latch.countDown();
      }
    }

    void throwIfEnded() {
      Failure reason = end;
      if (reason != null) {
        throw FailureExceptions.toException(reason, null);
      }
    }

    boolean isDone() {
      return latch.getCount() == 0;
    }
  }

  /** Takes a mapped object to the thread that waits, or back if it no longer does. */
  private final class FetchListener implements SharedObjects.Listener {
    private final ObjectKey key;
    private final Rendezvous<Fetched> answer;

    FetchListener(ObjectKey key, Rendezvous<Fetched> answer) {
      this.key = key;
      this.answer = answer;
    }

    @Override
    public void onMapped(MappedObject object) {
      if (!answer.complete(new Fetched(object, null))) {
        values.endUse(key, object);
      }
    }

    @Override
    public void onFailed(Failure failure) {
      answer.complete(new Fetched(null, failure));
    }
  }
}
