package io.mobula.testkit.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.api.InitOptions;
import io.mobula.testkit.LeftoverThreads;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Hostile programs in local mode, where a session and an actor cost little, and on an embedded
 * cluster with worker processes; see {@link HostileProgram}. A build plays the same ones each time.
 * A campaign plays as many as {@code -Dmobula.hostile=200000} says, and begins anywhere; {@code
 * -Dmobula.hostile.seed=…} begins with that one. (Threads race, so that a seed makes the same
 * programs, not the same run.)
 */
final class HostileUserIT {
  private static final int LOCAL_PROGRAMS = 2_000;
  private static final int PROCESS_PROGRAMS = 200;
  private static final int PROGRAMS_A_SESSION = 100;

  @Test
  @Timeout(36_000)
  void shouldAnswerEveryCallRightlyAndLeaveNothingInLocalMode() {
    play(LOCAL_PROGRAMS, o -> o.local(true));
  }

  @Test
  @Timeout(36_000)
  void shouldAnswerEveryCallRightlyAndLeaveNothingOnProcesses() {
    play(PROCESS_PROGRAMS, o -> o.logToDriver(false));
  }

  private static void play(int programs, Consumer<InitOptions.Builder> options) {
    Integer campaign = Integer.getInteger("mobula.hostile");
    Long seed = Long.getLong("mobula.hostile.seed");
    long first =
        seed != null ? seed : campaign == null ? 1 : ThreadLocalRandom.current().nextInt(1 << 30);
    int count = campaign == null ? programs : campaign;
    LeftoverThreads threads = LeftoverThreads.now();
    Complaints complaints = new Complaints();
    List<Promise> stale = List.of();
    for (int done = 0; done < count; done += PROGRAMS_A_SESSION) {
      long next = first + done;
      stale = new HostileSession(next, complaints, stale).run(PROGRAMS_A_SESSION, options);
      complaints.rethrow("played again by -Dmobula.hostile.seed=" + next);
      if (campaign != null && done % (PROGRAMS_A_SESSION * 50) == 0) {
        System.out.println("hostile programs: " + (done + PROGRAMS_A_SESSION) + " of " + count);
      }
    }
    threads.assertNoneLeft(Duration.ofSeconds(30));
    assertThat(complaints.isEmpty()).isTrue();
  }
}
