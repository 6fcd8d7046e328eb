package io.mobula.agent.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HostIdentityTest {
  @TempDir private Path folder;

  @Test
  void shouldDifferWhenFilesAreNotShared() throws IOException {
    SessionRoot one = SessionRoot.open(folder.resolve("one"));
    SessionRoot other = SessionRoot.open(folder.resolve("other"));
    HostIdentity identity = HostIdentity.detect(one, Map.of());
    assertThat(identity.id()).matches("[0-9a-f]{32}");
    assertThat(identity.hostName()).isNotBlank();
    assertThat(HostIdentity.detect(one, Map.of())).isEqualTo(identity);
    assertThat(HostIdentity.detect(other, Map.of()).id()).isNotEqualTo(identity.id());
  }

  @Test
  void shouldTakeThePrescribedIdWhenThereIsOne() throws IOException {
    SessionRoot root = SessionRoot.open(folder.resolve("root"));
    assertThat(HostIdentity.detect(root, Map.of("MOBULA_HOST_ID", " b ")).id()).isEqualTo("b");
  }
}
