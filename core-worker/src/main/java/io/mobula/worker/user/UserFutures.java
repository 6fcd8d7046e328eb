package io.mobula.worker.user;

import io.mobula.proto.Failure;
import io.mobula.worker.failure.FailureExceptions;
import io.mobula.worker.loop.OpenWaits;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.ReadyListener;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Futures of objects, for user code. Thread-safe. Each is completed, whatever is thrown while its
 * value is read and whatever becomes of the session; on a thread of its own, since user code hangs
 * on it.
 */
final class UserFutures {
  private final Function<ObjectEntry, @Nullable Object> get;
  private final ObjectWaits waits;
  private final ValueExchange values;
  private final Waiting waiting;
  private final Executor threads;

  /**
   * @param get what a call of get does
   * @param threads a thread for each; never refuses, not even when the session is closed
   */
  UserFutures(
      Function<ObjectEntry, @Nullable Object> get,
      ObjectWaits waits,
      ValueExchange values,
      Waiting waiting,
      Executor threads) {
    this.get = get;
    this.waits = waits;
    this.values = values;
    this.waiting = waiting;
    this.threads = threads;
  }

  /** A future of the decoded value. */
  CompletableFuture<@Nullable Object> of(ObjectEntry entry) {
    waits.want(entry);
    Pending pending = new Pending(entry);
    // The future, not the handle, keeps the object until it is read.
    entry.retain();
    waiting.tasks().beginElsewhere();
    waiting.open().add(pending);
    entry.whenReady(pending);
    return pending.future;
  }

  /** A future of a value that can't be asked for. */
  static CompletableFuture<@Nullable Object> failed(Throwable reason) {
    ValueFuture future = new ValueFuture();
    future.completeExceptionally(reason);
    return future;
  }

  /**
   * The future that user code gets. Nothing can be cancelled so far, so it says so and goes on.
   * What is made of it (thenApply, copy) is an ordinary future: cancelling that ends that stage,
   * which is true.
   */
  private static final class ValueFuture extends CompletableFuture<@Nullable Object> {
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      return false;
    }

    @Override
    public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
      return new CompletableFuture<>();
    }
  }

  /** A future that is not complete: with its value, or with the end of the session. */
  private final class Pending implements ReadyListener, OpenWaits.Wait {
    private final ObjectEntry entry;
    private final ValueFuture future = new ValueFuture();
    private final AtomicBoolean isTaken = new AtomicBoolean();

    Pending(ObjectEntry entry) {
      this.entry = entry;
    }

    @Override
    public void onReady(ObjectEntry ready) {
      takeOnce(this::read);
    }

    @Override
    public void end(Failure reason) {
      takeOnce(() -> fail(FailureExceptions.toException(reason, null)));
    }

    private void takeOnce(Runnable completion) {
      if (!isTaken.compareAndSet(false, true)) {
        return;
      }
      try {
        threads.execute(completion);
      } catch (Throwable e) {
        // No thread can be had: better that its user hears of it on this one than never.
        fail(e);
      }
    }

    private void read() {
      Object value;
      try {
        value = get.apply(entry);
      } catch (Throwable e) {
        fail(e);
        return;
      }
      isOver();
      future.complete(value);
    }

    private void fail(Throwable reason) {
      isOver();
      future.completeExceptionally(reason);
    }

    private void isOver() {
      waiting.open().remove(this);
      waiting.tasks().endElsewhere();
      values.release(entry);
    }
  }
}
