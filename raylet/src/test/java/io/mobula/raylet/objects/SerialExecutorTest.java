package io.mobula.raylet.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** Tasks of one chain, one after the other. */
final class SerialExecutorTest {
  private final Queue<Runnable> started = new ArrayDeque<>();
  private final SerialExecutor executor = new SerialExecutor(started::add);
  private final List<Integer> ran = new ArrayList<>();

  @Test
  void shouldRunInOrderOnOneThreadAtATime() {
    executor.execute(() -> ran.add(1));
    executor.execute(() -> ran.add(2));
    assertThat(started).hasSize(1);

    runAll();

    assertThat(ran).containsExactly(1, 2);
  }

  @Test
  void shouldRunWhatIsBehindATaskThatThrows() {
    executor.execute(() -> {
      throw new IllegalStateException("broken");
    });
    executor.execute(() -> ran.add(2));

    assertThatThrownBy(() -> started.remove().run()).hasMessage("broken");
    runAll();
    executor.execute(() -> ran.add(3));
    runAll();

    assertThat(ran).containsExactly(2, 3);
  }

  private void runAll() {
    while (!started.isEmpty()) {
      started.remove().run();
    }
  }
}
