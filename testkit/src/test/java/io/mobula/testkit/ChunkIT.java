package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Session;
import io.mobula.driver.MemoryQuestion;
import io.mobula.testkit.programs.Parcels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that put one object after the other into the memory that they lease of the store. */
final class ChunkIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> HEAD =
      List.of("raylet.num-cpus=2", "raylet.object-store-memory=256m");
  private static final List<String> OTHER =
      List.of("raylet.num-cpus=2", "raylet.object-store-memory=256m", "raylet.resources=x=8");

  private TestCluster cluster;
  private Session session;

  @TempDir Path folder;

  @BeforeEach
  void start() {
    cluster = TestCluster.start(ChunkIT.class, HEAD, OTHER);
    session = Mobula.init(cluster.asDriver());
  }

  @AfterEach
  void stop() {
    session.close();
    cluster.close();
  }

  /** References travel by other ways than the word that an object is sealed. */
  @Test
  void shouldReadEveryObjectThatProcessesPutIntoTheirChunks() {
    int count = 40;
    List<Integer> expected = new ArrayList<>();
    List<ObjectRef<List<Integer>>> hashes = new ArrayList<>();
    for (long seed = 0; seed < 12; seed++) {
      boolean isElsewhere = seed % 3 == 0;
      List<ObjectRef<byte[]>> parcels =
          seed % 2 == 0
              ? Parcels.PACK.remote(count, seed * 1_000).get(PATIENCE)
              : LongStream.range(seed * 1_000, seed * 1_000 + count)
                  .mapToObj(Parcels.MAKE::remote)
                  .toList();
      hashes.add(
          Parcels.HASHES
              .options(o -> o.resources(isElsewhere ? Map.of("x", 1.0) : Map.of()))
              .remote(parcels));
      IntStream.range((int) seed * 1_000, (int) seed * 1_000 + count)
          .forEach(each -> expected.add(Parcels.hash(each)));
    }
    List<Integer> read = Mobula.get(hashes, PATIENCE).stream().flatMap(List::stream).toList();
    assertThat(read).isEqualTo(expected);
    hashes.clear();
    awaitEmpty();
  }

  @Test
  void shouldKeepResultsAndLeakNothingWhenWritersBreakOff() {
    List<ObjectRef<byte[]>> made =
        LongStream.range(0, 16)
            .mapToObj(seed ->
                Parcels.MAKE_AND_BREAK
                    .options(o -> o.maxRetries(40))
                    .remote(seed, folder.toString()))
            .toList();
    for (int seed = 0; seed < made.size(); seed++) {
      assertThat(made.get(seed).get(PATIENCE)).isEqualTo(Parcels.parcel(seed));
    }
    made = List.of();
    assertThat(made).isEmpty();
    awaitEmpty();
  }

  private void awaitEmpty() {
    System.gc();
    for (Map<String, Double> node : List.of(Map.<String, Double>of(), Map.of("x", 1.0))) {
      IntStream.range(0, 4)
          .mapToObj(i -> Parcels.COLLECT.options(o -> o.resources(node)).remote(i))
          .toList()
          .forEach(ref -> ref.get(PATIENCE));
    }
    Deadline.in(PATIENCE)
        .await(
            "the stores are empty",
            () ->
                new MemoryQuestion(cluster.address(), cluster.secret(), PATIENCE)
                        .ask(1)
                        .totals()
                        .usedBytes()
                    == 0);
  }
}
