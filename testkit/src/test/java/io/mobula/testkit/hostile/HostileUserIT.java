package io.mobula.testkit.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.testkit.LeftoverThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Hostile programs on an embedded cluster; see {@link HostileProgram}. A build plays the same ones
 * each time. A campaign plays as many as {@code -Dmobula.hostile=200000} says, and begins anywhere;
 * {@code -Dmobula.hostile.seed=…} begins with that one. (Threads race, so that a seed makes the same
 * programs, not the same run.)
 */
final class HostileUserIT {
  private static final int PROGRAMS = 1_500;
  private static final int PROGRAMS_A_SESSION = 150;

  @Test
  @Timeout(36_000)
  void shouldAnswerEveryCallRightlyAndLeaveNothingWhateverProgramsDo() {
    Integer campaign = Integer.getInteger("mobula.hostile");
    Long seed = Long.getLong("mobula.hostile.seed");
    long first =
        seed != null ? seed : campaign == null ? 1 : ThreadLocalRandom.current().nextInt(1 << 30);
    int count = campaign == null ? PROGRAMS : campaign;
    int aSession = Integer.getInteger("mobula.hostile.session", PROGRAMS_A_SESSION);
    LeftoverThreads threads = LeftoverThreads.now();
    Complaints complaints = new Complaints();
    List<Promise> stale = new ArrayList<>();
    for (int done = 0; done < count; done += aSession) {
      long next = first + done;
      stale = new HostileSession(next, complaints, stale).run(aSession, o -> o.logToDriver(false));
      if (!complaints.isEmpty()) {
        complaints.rethrow("played again by -Dmobula.hostile.seed=" + next);
      }
      if (campaign != null && done % (aSession * 20) == 0) {
        System.out.println("hostile programs: " + (done + aSession) + " of " + count);
      }
    }
    threads.assertNoneLeft(Duration.ofSeconds(30));
    assertThat(complaints.isEmpty()).isTrue();
  }
}
