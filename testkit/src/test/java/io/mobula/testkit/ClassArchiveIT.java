package io.mobula.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** That what the build made before the tests is of use to them; nothing else would tell. */
final class ClassArchiveIT {
  private final ClassArchive archive = ClassArchive.ofBuild();

  @Test
  void shouldServeDriversAndDaemonsWhenTheBuildMadeIt() {
    boolean isMade = Files.isRegularFile(archive.file());

    assertThat(isUsedWith(System.getProperty("java.class.path"))).isEqualTo(isMade);
    assertThat(isUsedWith(ClassPaths.without(ClassArchiveIT.class))).isEqualTo(isMade);
  }

  private boolean isUsedWith(String classPath) {
    return archive.arguments(classPath).contains("-XX:SharedArchiveFile=" + archive.file());
  }
}
