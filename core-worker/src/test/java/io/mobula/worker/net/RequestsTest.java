package io.mobula.worker.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.Packet;
import io.mobula.worker.failure.Failures;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each request ends once: by its answer or by a death. */
final class RequestsTest {
  private static final long PEER = ProcessAddress.of(2, 3);
  private static final Failure DEATH = Failures.of(FailureKind.WORKER_DIED, "killed");

  private final Requests requests = new Requests();
  private final List<String> seen = new ArrayList<>();

  @Test
  void shouldHandOverTheAnswerOnceWhenItComesTwice() {
    long correlation = requests.open(PEER, new Recorder("a"));

    assertThat(requests.answer(answer(correlation))).isTrue();
    assertThat(requests.answer(answer(correlation))).isFalse();

    assertThat(seen).containsExactly("a answered");
    assertThat(requests.size()).isZero();
  }

  @Test
  void shouldRefuseWhenNobodyAsked() {
    assertThat(requests.answer(answer(0))).isFalse();
    assertThat(requests.answer(answer(17))).isFalse();
  }

  @Test
  void shouldFailOnlyTheDeadProcessesRequestsWhenItDies() {
    requests.open(PEER, new Recorder("dead"));
    long other = requests.open(ProcessAddress.of(2, 4), new Recorder("other"));

    requests.onProcessDied(PEER, DEATH);
    requests.answer(answer(other));

    assertThat(seen).containsExactly("dead killed", "other answered");
  }

  @Test
  void shouldFailTheRequestsToAllProcessesOfANodeWhenItDies() {
    requests.open(PEER, new Recorder("process"));
    requests.open(ProcessAddress.of(2, 0), new Recorder("raylet"));
    requests.open(ProcessAddress.GCS, new Recorder("gcs"));

    requests.onProcessDied(ProcessAddress.of(2, 0), DEATH);

    assertThat(seen).containsExactlyInAnyOrder("process killed", "raylet killed");
    assertThat(requests.size()).isOne();
  }

  @Test
  @Timeout(30)
  void shouldWindUpManyDeathsBesideManyRequests() {
    for (int i = 0; i < 100_000; i++) {
      requests.open(PEER, new Recorder("open"));
    }
    for (int process = 1; process <= 100_000; process++) {
      requests.onProcessDied(ProcessAddress.of(3, process), DEATH);
    }
    assertThat(requests.size()).isEqualTo(100_000);
  }

  @Test
  void shouldIgnoreALateAnswerWhenTheRequestWasUndeliverable() {
    long correlation = requests.open(PEER, new Recorder("a"));

    assertThat(requests.unreachable(correlation, PEER, DEATH)).isTrue();
    assertThat(requests.unreachable(correlation, PEER, DEATH)).isFalse();

    assertThat(requests.answer(answer(correlation))).isFalse();
    assertThat(seen).containsExactly("a killed");
  }

  @Test
  void shouldKeepTheRequestWhenAnAnswerOfTheSameNumberToAnotherCameBack() {
    long correlation = requests.open(PEER, new Recorder("a"));
    assertThat(requests.unreachable(correlation, ProcessAddress.of(2, 4), DEATH)).isFalse();
    assertThat(seen).isEmpty();
  }

  @Test
  void shouldAllowNewRequestsFromAHandlerWhenAllFail() {
    requests.open(
        PEER,
        new ReplyHandler() {
          @Override
          public void onReply(Packet reply) {
            throw new AssertionError("answered: " + reply);
          }

          @Override
          public void onUnreachable(Failure failure) {
            requests.open(PEER, new Recorder("second"));
          }
        });
    requests.open(PEER, new Recorder("first"));

    requests.failAll(DEATH);

    assertThat(seen).containsExactly("first killed");
    assertThat(requests.size()).isOne();
  }

  private static Packet answer(long correlation) {
    return Packet.newBuilder().setCorrelation(correlation).build();
  }

  private final class Recorder implements ReplyHandler {
    private final String name;

    Recorder(String name) {
      this.name = name;
    }

    @Override
    public void onReply(Packet reply) {
      seen.add(name + " answered");
    }

    @Override
    public void onUnreachable(Failure failure) {
      seen.add(name + " " + failure.getMessage());
    }
  }
}
