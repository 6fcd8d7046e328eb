package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mobula.api.ActorDiedException;
import io.mobula.api.ActorHandle;
import io.mobula.api.ErrorCode;
import io.mobula.api.Mobula;
import io.mobula.api.MobulaException;
import io.mobula.api.Session;
import io.mobula.api.TaskException;
import io.mobula.testkit.programs.Mischief;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** User code that fails in ways that are hard to tell of: every caller hears of it. */
final class BoundaryIT {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final int STORE_BYTES = 64 << 20;

  private static TestCluster cluster;
  private static Session session;

  @BeforeAll
  static void start() {
    cluster =
        TestCluster.start(
            BoundaryIT.class,
            List.of("raylet.num-cpus=1", "raylet.object-store-memory=" + STORE_BYTES));
    session = Mobula.init(cluster.asDriver());
  }

  @AfterAll
  static void stop() {
    session.close();
    cluster.close();
  }

  @Test
  void shouldTellOfAnExceptionThatCantBeDescribed() {
    assertThatThrownBy(() -> Mischief.THROW.remote("nameless").get(PATIENCE))
        .isInstanceOf(TaskException.class)
        .hasMessageContaining("Nameless");
  }

  @Test
  void shouldTellOfItInAnActorAndGoOn() {
    ActorHandle<Mischief.Imp> imp = Mobula.actor(Mischief.Imp::new).remote("");
    assertThatThrownBy(() -> imp.call(Mischief.Imp::misbehave, "nameless").get(PATIENCE))
        .isInstanceOf(TaskException.class);
    assertThat(imp.call(Mischief.Imp::behave).get(PATIENCE)).isEqualTo(42);
    imp.kill();
  }

  @Test
  void shouldTellOfItInAConstructor() {
    ActorHandle<Mischief.Imp> imp = Mobula.actor(Mischief.Imp::new).remote("nameless");
    assertThat(
            catchThrowableOfType(
                ActorDiedException.class, () -> imp.call(Mischief.Imp::behave).get(PATIENCE)))
        .hasMessageContaining("constructor threw");
  }

  @Test
  void shouldCutAnExceptionThatIsLargerThanAPacket() {
    TaskException thrown =
        catchThrowableOfType(
            TaskException.class, () -> Mischief.THROW.remote("heavy").get(PATIENCE));
    assertThat(thrown.getCause()).hasMessageContaining("heavy").hasMessageContaining("too large");
  }

  @Test
  void shouldStoreTheResultOfATaskThatLeavesAnInterrupt() {
    assertThat(Mischief.INTERRUPTED.remote(200_000).get(PATIENCE)).hasSize(200_000);
    assertThat(Mischief.INTERRUPTED.remote(2_000_000).get(PATIENCE)).hasSize(2_000_000);
  }

  @Test
  void shouldKeepNoMemoryForPutsThatWereInterrupted() throws InterruptedException {
    byte[] value = new byte[STORE_BYTES / 8];
    for (int i = 0; i < 20; i++) {
      Thread.currentThread().interrupt();
      MobulaException thrown = catchThrowableOfType(MobulaException.class, () -> Mobula.put(value));
      assertThat(thrown.code()).isEqualTo(ErrorCode.INTERRUPTED);
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(Mobula.put(value).get(PATIENCE)).hasSize(value.length);
  }

  @Test
  void shouldNotShowOneTaskTheThreadNameOfAnother() {
    for (int i = 0; i < 10; i++) {
      assertThat(Mischief.RENAME.remote().get(PATIENCE)).startsWith("task-");
    }
  }
}
