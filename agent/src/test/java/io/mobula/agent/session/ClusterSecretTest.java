package io.mobula.agent.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClusterSecretTest {
  @TempDir private Path folder;

  @Test
  void shouldReadBackWhatItWroteWhenTheFileIsPrivate() throws IOException {
    ClusterSecret secret = ClusterSecret.generate();
    Path file = folder.resolve("token");
    secret.write(file);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(ClusterSecret.read(file)).isEqualTo(secret);
    assertThat(secret.matches(secret.hex())).isTrue();
    assertThat(secret.matches(ClusterSecret.generate().hex())).isFalse();
    assertThat(secret.matches("")).isFalse();
  }

  @Test
  void shouldPreferTheValueThenTheVariableThenTheFileWhenSeveralAreThere() throws IOException {
    ClusterSecret value = ClusterSecret.generate();
    ClusterSecret variable = ClusterSecret.generate();
    ClusterSecret stored = ClusterSecret.generate();
    Path file = folder.resolve("token");
    stored.write(file);
    Map<String, String> environment = Map.of("MOBULA_TOKEN", variable.hex());
    assertThat(ClusterSecret.find(value.hex(), environment, file)).contains(value);
    assertThat(ClusterSecret.find(null, environment, file)).contains(variable);
    assertThat(ClusterSecret.find(null, Map.of(), file)).contains(stored);
    assertThat(ClusterSecret.find(null, Map.of(), null)).isEmpty();
  }

  @Test
  void shouldShowNothingWhenPrintedOrMalformed() throws IOException {
    assertThat(ClusterSecret.generate()).hasToString("********");
    String bad = "deadbeef";
    assertThatThrownBy(() -> ClusterSecret.of(bad))
        .hasMessage("not a cluster token: length=8, expected 64 hex digits");
    Path file = Files.writeString(folder.resolve("token"), bad);
    assertThatThrownBy(() -> ClusterSecret.read(file))
        .hasMessageContaining("path=" + file)
        .hasMessageNotContaining(bad);
  }
}
