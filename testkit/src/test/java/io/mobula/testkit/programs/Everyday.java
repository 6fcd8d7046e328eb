package io.mobula.testkit.programs;

import io.mobula.api.ActorHandle;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Remote;
import io.mobula.api.Task1;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Tasks and an actor that do what programs do every day. */
public final class Everyday {
  public static final Task1<Integer, Integer> FIBONACCI = Mobula.task(Everyday::fibonacci);

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Everyday() {}

  /** What a worker can throw, and the driver has to read. */
  public static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final int number;

    public Refused(int number) {
      super("refused: " + number);
      this.number = number;
    }

    public int number() {
      return number;
    }
  }

  @Remote
  public static int fibonacci(int n) {
    if (n < 2) {
      return n;
    }
    ObjectRef<Integer> left = FIBONACCI.remote(n - 1);
    ObjectRef<Integer> right = FIBONACCI.remote(n - 2);
    return Mobula.get(List.of(left, right)).stream().mapToInt(Integer::intValue).sum();
  }

  @Remote
  public static int refuse(int number) throws Refused {
    if (number > 0) {
      throw new Refused(number);
    }
    return number;
  }

  /** Fails below a frame that a reader of the trace looks for. */
  @Remote
  public static void readBroken() throws IOException {
    try {
      deep();
    } catch (IllegalStateException e) {
      throw new IOException("can't be read", e);
    }
  }

  private static void deep() {
    throw new IllegalStateException("deep");
  }

  @Remote
  public static Thread unsendable() {
    return Thread.currentThread();
  }

  /** Whether the list is another object than the caller's, and changes that. */
  @Remote
  public static int appended(List<Integer> list) {
    list.add(4);
    return list.size();
  }

  @Remote
  public static byte[] filled(int size, byte value) {
    byte[] bytes = new byte[size];
    java.util.Arrays.fill(bytes, value);
    return bytes;
  }

  @Remote
  public static long sum(byte[] bytes) {
    long sum = 0;
    for (byte value : bytes) {
      sum += value;
    }
    return sum;
  }

  /** Never comes back by itself. */
  @Remote
  public static int never() throws InterruptedException {
    new CountDownLatch(1).await();
    return 0;
  }

  /** Hands out what it owns. */
  @Remote
  public static List<ObjectRef<Integer>> puts(int count) {
    List<ObjectRef<Integer>> refs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      refs.add(Mobula.put(i));
    }
    return refs;
  }

  @Remote
  public static int total(List<ObjectRef<Integer>> refs) {
    return Mobula.get(refs).stream().mapToInt(Integer::intValue).sum();
  }

  @Remote
  public static String worker() {
    return Mobula.context().workerId();
  }

  /** Uses what a task owns on threads that it starts: of its own, of a pool, virtual. */
  @Remote
  public static int onThreads() throws Exception {
    ObjectRef<Integer> one = Mobula.put(1);
    CompletableFuture<Integer> own = new CompletableFuture<>();
    Thread.ofPlatform()
        .start(() -> own.complete(Mobula.get(List.of(FIBONACCI.remote(one))).getFirst()));
    int sum = own.get();
    try (ExecutorService pool = Executors.newFixedThreadPool(1)) {
      sum += pool.submit(() -> Mobula.get(List.of(FIBONACCI.remote(one))).getFirst()).get();
    }
    try (ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
      sum += virtual.submit(() -> Mobula.get(List.of(FIBONACCI.remote(one))).getFirst()).get();
    }
    return sum;
  }

  /** Ends the session, or tries to. */
  @Remote
  public static void shutDown() {
    Mobula.shutdown();
  }

  /** Begins a session of its own, or tries to. */
  @Remote
  public static void init() {
    Mobula.init();
  }

  /** An actor that counts, and can be made to end. */
  @Remote(maxRestarts = 1)
  public static final class Counter {
    private int value;

    public Counter(int start) {
      if (start < 0) {
        throw new IllegalArgumentException("negative: " + start);
      }
      value = start;
    }

    public int add(int by) {
      value += by;
      return value;
    }

    public int refuse(int number) throws Refused {
      if (number > 0) {
        throw new Refused(number);
      }
      return number;
    }

    public void exit() {
      Mobula.exitActor();
    }

    public int never() throws InterruptedException {
      new CountDownLatch(1).await();
      return 0;
    }

    public String worker() {
      return Mobula.context().workerId();
    }

    public boolean wasRestarted() {
      return Mobula.context().wasActorRestarted();
    }
  }

  /** Calls an actor whose handle it was given. */
  @Remote
  public static int addTo(ActorHandle<Counter> counter, int by) {
    return counter.call(Counter::add, by).get(PATIENCE);
  }

  @Remote
  public static int addToNamed(String name, int by) {
    ActorHandle<Counter> counter = Mobula.<Counter>getActor(name).orElseThrow();
    return counter.call(Counter::add, by).get(PATIENCE);
  }
}
