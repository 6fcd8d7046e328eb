package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mobula.api.ActorHandle;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectLostException;
import io.mobula.api.ObjectRef;
import io.mobula.api.OwnerDiedException;
import io.mobula.api.Session;
import io.mobula.api.TaskOptions;
import io.mobula.testkit.programs.Stages;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes that are killed with objects in their stores. The tasks run on the one node that has what
 * they need, never on the driver's.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LostObjectIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> HEAD =
      List.of("raylet.num-cpus=1", "raylet.object-store-memory=128m");
  private static final List<String> PLACE =
      List.of("raylet.num-cpus=1", "raylet.object-store-memory=128m", "raylet.resources=x=1,y=1");
  private static final Map<String, Double> THERE = Map.of("x", 1.0);

  @TempDir Path folder;

  private TestCluster cluster;
  private Session session;
  private TestNode place;

  @BeforeAll
  void start() {
    cluster = TestCluster.start(LostObjectIT.class, HEAD, PLACE);
    place = cluster.nodes().getLast();
    session = Mobula.init(cluster.asDriver());
  }

  @AfterAll
  void stop() {
    session.close();
    cluster.close();
  }

  @Test
  void shouldMakeATasksResultAgainWhenItsNodeIsKilled() {
    ObjectRef<byte[]> made = make(7, 1);
    awaitReady(made);

    replaceThePlace();

    assertThat(made.get(PATIENCE)).isEqualTo(Stages.bytes(7));
    assertThat(Stages.runs(folder, "make")).isEqualTo(2);

    replaceThePlace();

    // The driver's node has a copy of the second run's.
    assertThat(made.get(PATIENCE)).isEqualTo(Stages.bytes(7));
    assertThat(Stages.runs(folder, "make")).isEqualTo(2);
  }

  @Test
  void shouldMakeAllStagesAgainWhenTheyWereOnOneNode() {
    ObjectRef<byte[]> last = chain(5);
    awaitReady(last);

    replaceThePlace();

    // The reader needs the node's only CPU, and so do the stages before it.
    ObjectRef<Integer> hash = Stages.HASH.options(there(3)).remote(last);
    assertThat(hash.get(PATIENCE))
        .isEqualTo(Arrays.hashCode(Stages.incremented(Stages.bytes(3), 5)));
    assertThat(last.get(PATIENCE)).isEqualTo(Stages.incremented(Stages.bytes(3), 5));
    for (String stage : List.of("make", "stage1", "stage2", "stage3", "stage4", "stage5")) {
      assertThat(Stages.runs(folder, stage)).as(stage).isEqualTo(2);
    }
  }

  @Test
  void shouldSayWhyWhenALostObjectCannotBeMadeAgain() {
    ObjectRef<byte[]> once = make(7, 0);
    ObjectRef<byte[]> dependent = next(once, 3, "dependent");
    ActorHandle<Stages.Source> source =
        Mobula.actor(Stages.Source::new).options(o -> o.resources(Map.of("y", 1.0))).remote();
    ObjectRef<byte[]> fromActor = source.call(Stages.Source::bytes, 7L);
    List<ObjectRef<byte[]>> put = Stages.PUT.options(there(3)).remote(7L).get(PATIENCE);
    awaitReady(once, dependent, fromActor);

    replaceThePlace();

    assertThat(loss(once))
        .hasMessageContainingAll("its task must not run twice", once.id(), "raise maxRetries")
        .extracting(ObjectLostException::reason)
        .isEqualTo(ObjectLostException.Reason.NO_RETRIES);
    assertThat(loss(dependent))
        .hasMessageContainingAll("its task could not run again", dependent.id(), once.id())
        .extracting(ObjectLostException::reason)
        .isEqualTo(ObjectLostException.Reason.NOT_REMADE);
    assertThat(catchThrowableOfType(OwnerDiedException.class, () -> put.getFirst().get(PATIENCE)))
        .hasMessageContaining(put.getFirst().id());
    assertThat(loss(fromActor))
        .hasMessageContainingAll("an actor's method returned it", fromActor.id())
        .extracting(ObjectLostException::reason)
        .isEqualTo(ObjectLostException.Reason.ACTOR_RESULT);
  }

  @Test
  void shouldSayThatTheRetriesAreUsedWhenAnObjectIsLostOnceTooOften() {
    ObjectRef<byte[]> made = make(7, 1);
    awaitReady(made);
    replaceThePlace();
    assertThat(Stages.HASH.options(there(3)).remote(made).get(PATIENCE))
        .isEqualTo(Arrays.hashCode(Stages.bytes(7)));

    replaceThePlace();

    assertThat(loss(made))
        .hasMessageContainingAll("attempts=2", "maxRetries=1", made.id())
        .extracting(ObjectLostException::reason)
        .isEqualTo(ObjectLostException.Reason.RETRIES_USED);
  }

  private static ObjectLostException loss(ObjectRef<?> ref) {
    return catchThrowableOfType(ObjectLostException.class, () -> ref.get(PATIENCE));
  }

  private ObjectRef<byte[]> chain(int stages) {
    ObjectRef<byte[]> last = make(3, 3);
    for (int i = 1; i <= stages; i++) {
      last = next(last, 3, "stage" + i);
    }
    return last;
  }

  private ObjectRef<byte[]> make(long seed, int maxRetries) {
    return Stages.MAKE.options(there(maxRetries)).remote(seed, folder.toString());
  }

  private ObjectRef<byte[]> next(ObjectRef<byte[]> before, int maxRetries, String name) {
    return Stages.NEXT.options(there(maxRetries)).remote(before, folder.toString(), name);
  }

  private static Consumer<TaskOptions.Builder> there(int maxRetries) {
    return options -> options.resources(THERE).maxRetries(maxRetries);
  }

  private static void awaitReady(ObjectRef<?>... refs) {
    for (ObjectRef<?> ref : refs) {
      Deadline.in(PATIENCE).await("ready: " + ref, ref::isReady);
    }
  }

  /** Kills the node that has what the tasks need, and starts another. */
  private void replaceThePlace() {
    place.process().send(Signal.KILL);
    Deadline.in(PATIENCE).await("it is dead", () -> !cluster.statusOf(place).isAlive());
    place = cluster.addNode(PLACE);
  }
}
