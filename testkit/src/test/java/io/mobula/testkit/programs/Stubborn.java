package io.mobula.testkit.programs;

import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Remote;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Tasks that do what only shows where tasks share a process. */
public final class Stubborn {
  /** Lets {@link #ignoreInterrupts} go on. */
  public static final AtomicReference<CountDownLatch> RELEASE =
      new AtomicReference<>(new CountDownLatch(0));

  /** Completed when it runs. */
  public static final AtomicReference<CompletableFuture<Thread>> RUNNING =
      new AtomicReference<>(new CompletableFuture<>());

  private static final AtomicReference<@Nullable ObjectRef<Integer>> KEPT = new AtomicReference<>();

  private Stubborn() {}

  /** What a task or the driver kept in a static field. */
  public static ObjectRef<Integer> kept() {
    ObjectRef<Integer> ref = KEPT.get();
    if (ref == null) {
      throw new IllegalStateException("nothing kept");
    }
    return ref;
  }

  public static void keep(@Nullable ObjectRef<Integer> ref) {
    KEPT.set(ref);
  }

  @Remote
  public static int ignoreInterrupts() {
    CountDownLatch release = RELEASE.get();
    RUNNING.get().complete(Thread.currentThread());
    while (true) {
      try {
        release.await();
        return 1;
      } catch (InterruptedException e) {
        // That is the point.
      }
    }
  }

  /** Starts a thread that would keep the process, and waits for ever with it. */
  @Remote
  public static int startThread() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    Thread started =
        new Thread(
            () -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "user-started");
    started.setDaemon(false);
    started.start();
    RUNNING.get().complete(started);
    never.await();
    return 0;
  }

  @Remote
  public static void keepOwn() {
    KEPT.set(Mobula.put(11));
  }

  /** Gives another's ref to the API. */
  @Remote
  public static int useKept() {
    return Mobula.get(java.util.List.of(kept())).getFirst();
  }
}
