package io.mobula.agent.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class SocketPathTest {
  @Test
  void shouldSayWhatToDoWhenPathIsTooLongOrNotAscii() {
    assertThat(SocketPath.problem(Path.of("/tmp/with space/rpc.sock"))).isNull();
    assertThat(SocketPath.problem(Path.of("/" + "x".repeat(103)))).contains("set TMPDIR");
    Path other = Path.of("/tmp/m\u00fcller/rpc.sock");
    assertThat(SocketPath.problem(other)).contains("not plain ASCII", "set TMPDIR");
    assertThatThrownBy(() -> SocketPath.prepare(other)).isInstanceOf(IOException.class);
  }
}
