package io.mobula.testkit.hostile;

import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Remote;
import io.mobula.api.Task0;
import io.mobula.api.Task1;
import io.mobula.api.Task2;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** The tasks of hostile programs. They are constants, and outlive sessions. */
public final class Misdeeds {
  static final Task2<Long, Long, Long> ADD = Mobula.task(Misdeeds::add);
  static final Task2<Long, Long, Long> SUBTRACT = Mobula.task(Misdeeds::subtract);
  static final Task1<Integer, Long> FAIL = Mobula.task(Misdeeds::fail);
  static final Task1<Integer, Object> RETURN_MEAN = Mobula.task(Misdeeds::returnMean);
  static final Task1<Integer, Object> RETURN_UNREADABLE = Mobula.task(Misdeeds::returnUnreadable);
  static final Task1<Object, Long> TAKE = Mobula.task(Misdeeds::take);
  static final Task2<Long, Integer, Long> NAP = Mobula.task(Misdeeds::nap);
  static final Task2<Long, Integer, Long> NEST = Mobula.task(Misdeeds::nest);
  static final Task2<Long, Integer, Long> NEST_ELSEWHERE = Mobula.task(Misdeeds::nestElsewhere);
  static final Task1<Long, List<ObjectRef<Long>>> RETURN_REFS = Mobula.task(Misdeeds::returnRefs);
  static final Task1<List<ObjectRef<Long>>, Long> SUM = Mobula.task(Misdeeds::sum);
  static final Task2<Integer, Byte, byte[]> FILL = Mobula.task(Misdeeds::fill);
  static final Task1<byte[], Long> MEASURE = Mobula.task(Misdeeds::measure);
  static final Task1<Long, Long> INTERRUPT_ITSELF = Mobula.task(Misdeeds::interruptItself);
  static final Task1<Integer, byte[]> FILL_INTERRUPTED = Mobula.task(Misdeeds::fillInterrupted);
  static final Task1<Long, Long> SOIL = Mobula.task(Misdeeds::soil);
  static final Task0<String> LOOK_FOR_DIRT = Mobula.task(Misdeeds::lookForDirt);
  static final Task1<Integer, Long> RECURSE = Mobula.task(Misdeeds::recurse);
  static final Task0<Long> ASK_TOO_MUCH = Mobula.task(Misdeeds::askTooMuch);

  private static final ThreadLocal<String> DIRT = new ThreadLocal<>();

  private Misdeeds() {}

  @Remote
  static long add(long a, long b) {
    return a + b;
  }

  @Remote
  static long subtract(long a, long b) {
    return a - b;
  }

  @Remote(maxRetries = 0)
  static long fail(int kind) {
    throw MeanThrowables.thrown(kind);
  }

  @Remote
  static Object returnMean(int kind) {
    return MeanValues.NOT_SENT.get(kind).get();
  }

  @Remote
  static Object returnUnreadable(int kind) {
    return MeanValues.NOT_RECEIVED.get(kind).get();
  }

  @Remote
  static long take(Object value) {
    return value instanceof Long number ? number : 1;
  }

  @Remote
  static long nap(long value, int millis) {
    LockSupport.parkNanos(millis * 1_000_000L);
    return value;
  }

  @Remote
  static long nest(long value, int depth) {
    if (depth == 0) {
      return value;
    }
    ObjectRef<Long> left = NEST.remote(value, depth - 1);
    ObjectRef<Long> right = NEST.remote(value, depth - 1);
    return left.get() + right.get();
  }

  /** Waits for a child in each way that is not a get of the task's own thread. */
  @Remote
  static long nestElsewhere(long value, int way) throws Exception {
    ObjectRef<Long> child = ADD.remote(value, 1L);
    return switch (way) {
      case 0 -> child.toFuture().get();
      case 1 -> {
        CompletableFuture<Long> future = child.toFuture();
        CompletableFuture.allOf(future).join();
        yield future.join();
      }
      case 2 -> {
        AtomicLong result = new AtomicLong();
        Thread thread = Thread.ofPlatform().start(() -> result.set(child.get()));
        thread.join();
        yield result.get();
      }
      default -> {
        AtomicLong result = new AtomicLong();
        Thread thread = Thread.ofVirtual().start(() -> result.set(child.get()));
        thread.join();
        yield result.get();
      }
    };
  }

  @Remote
  static List<ObjectRef<Long>> returnRefs(long value) {
    return List.of(Mobula.put(value), ADD.remote(value, 1L));
  }

  @Remote
  static long sum(List<ObjectRef<Long>> refs) {
    long sum = 0;
    for (Long number : Mobula.get(refs)) {
      sum += number;
    }
    return sum;
  }

  @Remote
  static byte[] fill(int size, byte with) {
    byte[] bytes = new byte[size];
    java.util.Arrays.fill(bytes, with);
    return bytes;
  }

  @Remote
  static long measure(byte[] bytes) {
    long sum = bytes.length;
    for (byte b : bytes) {
      sum += b;
    }
    return sum;
  }

  @Remote
  static long interruptItself(long value) {
    Thread.currentThread().interrupt();
    return value;
  }

  @Remote
  static byte[] fillInterrupted(int size) {
    Thread.currentThread().interrupt();
    return new byte[size];
  }

  /** Leaves its thread as nobody should. */
  @Remote
  @SuppressWarnings("ThreadPriorityCheck") // It is what is to be put back.
  static long soil(long value) {
    Thread thread = Thread.currentThread();
    thread.setName("soiled");
    thread.setPriority(Thread.MIN_PRIORITY);
    thread.setContextClassLoader(null);
    DIRT.set("dirt");
    thread.interrupt();
    return value;
  }

  /** What an earlier task has left on this thread; empty if nothing. */
  @Remote
  static String lookForDirt() {
    Thread thread = Thread.currentThread();
    List<String> found = new ArrayList<>();
    if (thread.getName().equals("soiled")) {
      found.add("name");
    }
    if (thread.getPriority() != Thread.NORM_PRIORITY) {
      found.add("priority");
    }
    if (thread.getContextClassLoader() == null) {
      found.add("context class loader");
    }
    if (DIRT.get() != null) {
      found.add("thread local");
    }
    if (thread.isInterrupted()) {
      found.add("interrupt");
    }
    return String.join(", ", found);
  }

  @Remote(maxRetries = 0)
  @SuppressWarnings("InfiniteRecursion") // That is its deed.
  static long recurse(int depth) {
    return 1 + recurse(depth + 1);
  }

  @Remote(maxRetries = 0)
  static long askTooMuch() {
    return new long[Integer.MAX_VALUE].length;
  }
}
