package io.mobula.bench;

import io.mobula.api.ActorHandle;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import io.mobula.bench.RemoteWork.ClientActor;
import io.mobula.bench.RemoteWork.SmallActor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Ray's microbenchmark ({@code ray_perf.py}), definition by definition, and the times to start and
 * end. What Ray measures of features that are not here yet (placement groups, async actors) is left
 * out.
 */
public final class MicrobenchmarkMain {
  private static final int BATCH = 1_000;
  private static final int ASYNC_BATCH = 10_000;
  private static final int ACTOR_CALLS = 5_000;
  private static final int REFS = 10_000;
  private static final int CLIENTS = 4;
  private static final int PUT_TASKS = 10;
  private static final int LONGS_800_MIB = 100 << 20;
  private static final double GB_OF_LARGE_PUT = 8.0 * LONGS_800_MIB / 1e9;
  private static final double GB_OF_LARGE_PUTS = 10 * 10 * 8.0 * (10 << 20) / 1e9;

  private final Stopwatch watch;
  private final int cpus;

  private MicrobenchmarkMain(Stopwatch watch, int cpus) {
    this.watch = watch;
    this.cpus = cpus;
  }

  /** Runs what the arguments ask for; see {@link BenchmarkOptions#USAGE}. */
  public static void main(String[] arguments) throws Exception {
    Optional<BenchmarkOptions> parsed;
    try {
      parsed = BenchmarkOptions.parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println("mobula microbenchmark: " + e.getMessage());
      System.exit(2);
      return;
    }
    if (parsed.isEmpty()) {
      System.out.print(BenchmarkOptions.USAGE);
      return;
    }
    BenchmarkOptions options = parsed.get();
    Stopwatch watch = new Stopwatch(options);
    measure(watch);
    if (System.getenv("MOBULA_ADDRESS") == null) {
      // On clusters of their own.
      new LargeObjects(watch).measure();
      if (SpillBenchmark.isWanted(watch)) {
        SpillBenchmark.run(watch, options.rounds());
      }
      new Transfers(watch, options.transferBytes()).run(options.rounds());
    }
    if (options.isJson()) {
      System.out.println(ResultText.json(watch.results()));
    }
  }

  private static void measure(Stopwatch watch) throws Exception {
    long start = System.nanoTime();
    Session session = Mobula.init();
    watch.once("init", seconds(start));
    try {
      start = System.nanoTime();
      RemoteWork.SMALL.remote().get();
      watch.once("first_task", seconds(start));
      int cpus = Math.max(2, Mobula.clusterResources().getOrDefault("CPU", 2.0).intValue());
      MicrobenchmarkMain run = new MicrobenchmarkMain(watch, cpus);
      run.objects();
      run.tasks();
      run.actors();
      run.startOfActors();
    } finally {
      start = System.nanoTime();
      session.close();
    }
    watch.once("shutdown", seconds(start));
  }

  private void objects() throws Exception {
    ObjectRef<Integer> value = Mobula.put(0);
    watch.rate("single_client_get_calls", "gets/s", 1, value::get);
    watch.rate("single_client_put_calls", "puts/s", 1, () -> Mobula.put(0));
    watch.rate(
        "multi_client_put_calls",
        "puts/s",
        PUT_TASKS * 100,
        () ->
            Mobula.get(
                IntStream.range(0, PUT_TASKS)
                    .mapToObj(i -> RemoteWork.PUT_SMALL.remote())
                    .toList()));
    if (watch.isWanted("put_gigabytes")) {
      putGigabytes();
    }
    if (watch.isWanted("single_client_get_object_containing_10k_refs")) {
      ObjectRef<List<ObjectRef<byte[]>>> refs = RemoteWork.MANY_REFS.remote(REFS);
      refs.get();
      watch.rate("single_client_get_object_containing_10k_refs", "gets/s", 1, refs::get);
    }
    watch.rate("single_client_wait_1k_refs", "waits/s", 1, MicrobenchmarkMain::waitOneByOne);
  }

  private void putGigabytes() throws Exception {
    long[] large = new long[LONGS_800_MIB];
    watch.rate(
        "single_client_put_gigabytes",
        "GB/s",
        GB_OF_LARGE_PUT,
        copyNote(large),
        () -> Mobula.put(large));
    watch.rate(
        "multi_client_put_gigabytes",
        "GB/s",
        GB_OF_LARGE_PUTS,
        () ->
            Mobula.get(
                IntStream.range(0, PUT_TASKS)
                    .mapToObj(i -> RemoteWork.PUT_LARGE.remote())
                    .toList()));
  }

  /** What a plain copy of the same array reaches in this process now. */
  private static String copyNote(long[] from) throws Exception {
    long[] to = new long[from.length];
    System.arraycopy(from, 0, to, 0, from.length);
    double seconds = Stopwatch.secondsOf(() -> System.arraycopy(from, 0, to, 0, from.length));
    return String.format(
        Locale.ROOT, "(a plain copy: %.2f GB/s)", 8.0 * from.length / 1e9 / seconds);
  }

  private static void waitOneByOne() {
    List<ObjectRef<byte[]>> left =
        IntStream.range(0, BATCH).mapToObj(i -> RemoteWork.SMALL.remote()).toList();
    while (!left.isEmpty()) {
      left = Mobula.wait(left, 1, Duration.ofMinutes(1)).pending();
    }
  }

  private void tasks() throws Exception {
    watch.rate("single_client_tasks_and_get_batch", "batches/s", 1, () -> tasksAndGet(BATCH));
    watch.rate("single_client_tasks_sync", "tasks/s", 1, () -> RemoteWork.SMALL.remote().get());
    watch.rate("single_client_tasks_async", "tasks/s", BATCH, () -> tasksAndGet(BATCH));
    if (watch.isWanted("multi_client_tasks_async")) {
      List<ActorHandle<SmallActor>> clients = newActors(CLIENTS);
      watch.rate(
          "multi_client_tasks_async",
          "tasks/s",
          ASYNC_BATCH * CLIENTS,
          () ->
              Mobula.get(
                  clients.stream().map(c -> c.call(SmallActor::smallBatch, ASYNC_BATCH)).toList()));
      clients.forEach(ActorHandle::kill);
    }
  }

  private static void tasksAndGet(int count) {
    Mobula.get(IntStream.range(0, count).mapToObj(i -> RemoteWork.SMALL.remote()).toList());
  }

  private void actors() throws Exception {
    ActorHandle<SmallActor> actor = Mobula.actor(SmallActor::new).remote();
    actor.call(SmallActor::small).get();
    watch.rate("1_1_actor_calls_sync", "calls/s", 1, () -> actor.call(SmallActor::small).get());
    watch.rate("1_1_actor_calls_async", "calls/s", BATCH, () -> callAndGet(actor, BATCH));
    actor.kill();
    if (watch.isWanted("1_1_actor_calls_concurrent")) {
      ActorHandle<SmallActor> concurrent =
          Mobula.actor(SmallActor::new).options(o -> o.maxConcurrency(16)).remote();
      watch.rate(
          "1_1_actor_calls_concurrent", "calls/s", BATCH, () -> callAndGet(concurrent, BATCH));
      concurrent.kill();
    }
    if (watch.isWanted("1_n_actor_calls_async") || watch.isWanted("n_n_actor_calls_async")) {
      manyActors();
    }
    if (watch.isWanted("n_n_actor_calls_with_arg_async")) {
      manyActorsWithArgument();
    }
  }

  private void manyActors() throws Exception {
    int count = Math.max(1, cpus / 2);
    List<ActorHandle<SmallActor>> servers = newActors(count);
    ActorHandle<ClientActor> client = Mobula.actor(ClientActor::new).remote(servers);
    watch.rate(
        "1_n_actor_calls_async",
        "calls/s",
        (double) ACTOR_CALLS * count,
        () -> client.call(ClientActor::callAll, ACTOR_CALLS).get());
    watch.rate(
        "n_n_actor_calls_async",
        "calls/s",
        (double) CLIENTS * ACTOR_CALLS * count,
        () ->
            Mobula.get(
                IntStream.range(0, CLIENTS)
                    .mapToObj(i -> Mobula.task(RemoteWork::callAll).remote(servers, ACTOR_CALLS))
                    .toList()));
    client.kill();
    servers.forEach(ActorHandle::kill);
  }

  private void manyActorsWithArgument() throws Exception {
    int count = Math.max(1, cpus / 2);
    List<ActorHandle<SmallActor>> servers = newActors(count);
    List<ActorHandle<ClientActor>> clients = new ArrayList<>();
    servers.forEach(s -> clients.add(Mobula.actor(ClientActor::new).remote(List.of(s))));
    watch.rate(
        "n_n_actor_calls_with_arg_async",
        "calls/s",
        (double) BATCH * count,
        () ->
            Mobula.get(
                clients.stream().map(c -> c.call(ClientActor::callWithArgument, BATCH)).toList()));
    clients.forEach(ActorHandle::kill);
    servers.forEach(ActorHandle::kill);
  }

  private static void callAndGet(ActorHandle<SmallActor> actor, int count) {
    List<ObjectRef<byte[]>> results = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      results.add(actor.call(SmallActor::small));
    }
    Mobula.get(results);
  }

  private void startOfActors() {
    if (!watch.isWanted("ten_actors")) {
      return;
    }
    long start = System.nanoTime();
    List<ActorHandle<SmallActor>> actors = newActors(10);
    watch.once("ten_actors", seconds(start));
    actors.forEach(ActorHandle::kill);
  }

  /** That many actors, each of which has answered once. */
  private static List<ActorHandle<SmallActor>> newActors(int count) {
    List<ActorHandle<SmallActor>> actors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      actors.add(Mobula.actor(SmallActor::new).remote());
    }
    Mobula.get(actors.stream().map(actor -> actor.call(SmallActor::small)).toList());
    return actors;
  }

  private static double seconds(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}
