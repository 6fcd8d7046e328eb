package io.mobula.testkit.programs;

import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Remote;
import io.mobula.api.Task1;
import io.mobula.api.Task2;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;

/** Tasks that wait for tasks through somebody else. */
public final class Delegates {
  /** Who waits on behalf of the task. */
  public enum Way {
    /** A future. */
    FUTURE,
    /** A future of a future. */
    STAGE,
    /** A future of many. */
    ALL_OF,
    /** The common pool, and the task's thread along with it. */
    PARALLEL_STREAM,
    PLATFORM_THREAD,
    VIRTUAL_THREAD,
    EXECUTOR,
    /** A pool that the tasks of a process share. */
    COMMON_POOL
  }

  /** So many deep, each waiting for the next in that way; gives the depth. */
  public static final Task2<Way, Integer, Integer> DEEP = Mobula.task(Delegates::deep);

  private static final Task1<Integer, Integer> SAME = Mobula.task(Delegates::same);

  private Delegates() {}

  @Remote
  private static Integer deep(Way way, Integer levels) throws Exception {
    ObjectRef<Integer> below = levels == 0 ? SAME.remote(0) : DEEP.remote(way, levels - 1);
    return (levels == 0 ? 0 : 1) + await(way, below);
  }

  private static int await(Way way, ObjectRef<Integer> ref) throws Exception {
    return switch (way) {
      case FUTURE -> ref.toFuture().get();
      case STAGE ->
          ref.toFuture().thenApply(value -> value + 1).thenApply(value -> value - 1).get();
      case ALL_OF -> {
        CompletableFuture<Integer> first = ref.toFuture();
        CompletableFuture<Integer> second = SAME.remote(1).toFuture();
        CompletableFuture.allOf(first, second).join();
        yield first.join();
      }
      case PARALLEL_STREAM -> {
        List<ObjectRef<Integer>> others = IntStream.range(0, 8).mapToObj(SAME::remote).toList();
        int sum = others.parallelStream().mapToInt(ObjectRef::get).sum();
        yield ref.get() + sum - 28;
      }
      case PLATFORM_THREAD -> {
        FutureTask<Integer> wait = new FutureTask<>(ref::get);
        Thread thread = Thread.ofPlatform().start(wait);
        thread.join();
        yield wait.get();
      }
      case VIRTUAL_THREAD -> {
        FutureTask<Integer> wait = new FutureTask<>(ref::get);
        Thread.startVirtualThread(wait);
        yield wait.get();
      }
      case EXECUTOR -> {
        try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
          yield executor.submit(() -> ref.get()).get();
        }
      }
      case COMMON_POOL -> CompletableFuture.supplyAsync(ref::get).join();
    };
  }

  @Remote
  private static Integer same(Integer number) {
    return number;
  }
}
