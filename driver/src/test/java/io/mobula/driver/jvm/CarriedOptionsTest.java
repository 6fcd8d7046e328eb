package io.mobula.driver.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class CarriedOptionsTest {
  @Test
  void shouldCarryWhatChangesTheMeaningOfCode() {
    assertCarried(
        "-ea",
        "-ea:demo...",
        "-da:demo.Quiet",
        "-esa",
        "-enableassertions",
        "-disableassertions:demo...",
        "-dsa",
        "--enable-preview",
        "--sun-misc-unsafe-memory-access=deny",
        "--illegal-native-access=deny",
        "--add-opens=java.base/java.nio=ALL-UNNAMED",
        "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
        "--add-reads=java.base=java.sql",
        "--add-modules=jdk.incubator.vector",
        "--enable-native-access=ALL-UNNAMED");
  }

  @Test
  void shouldNotCarryWhatIsAboutOneProcess() {
    for (String argument :
        List.of(
            "-Xmx1g",
            "-Xss1m",
            "-XX:+UseZGC",
            "-Dkey=value",
            "-Duser.timezone=UTC",
            "-javaagent:a.jar",
            "-agentlib:jdwp=transport=dt_socket,server=y,address=5005",
            "-easy",
            "--limit-modules=java.base",
            "--module-path=mods",
            "--add-opens=broken")) {
      assertThat(carried(argument)).as(argument).isEmpty();
    }
  }

  @Test
  void shouldOpenToAllWhenItWasOpenToAModuleOfTheProgram() {
    assertThat(carried("--add-opens=java.base/java.nio=io.mobula,demo,java.sql"))
        .containsExactly("--add-opens=java.base/java.nio=ALL-UNNAMED,java.sql");
    assertThat(carried("--enable-native-access=demo,ALL-UNNAMED"))
        .containsExactly("--enable-native-access=ALL-UNNAMED");
    assertThat(carried("--add-reads=java.base=demo"))
        .containsExactly("--add-reads=java.base=ALL-UNNAMED");
  }

  @Test
  void shouldNameNoModuleOfTheProgramWhenWorkersHaveNone() {
    assertThat(carried("--add-opens=demo/demo.inner=io.mobula")).isEmpty();
    assertThat(carried("--add-modules=demo")).isEmpty();
    assertThat(carried("--add-modules=ALL-MODULE-PATH")).isEmpty();
    assertThat(carried("--add-modules=demo,jdk.unsupported,ALL-SYSTEM"))
        .containsExactly("--add-modules=jdk.unsupported,ALL-SYSTEM");
  }

  @Test
  void shouldKnowTheModulesOfTheJdk() {
    assertThat(JdkModules.contains("java.base")).isTrue();
    assertThat(JdkModules.contains("io.mobula")).isFalse();
  }

  private static void assertCarried(String... arguments) {
    assertThat(carried(arguments)).containsExactly(arguments);
  }

  private static List<String> carried(String... arguments) {
    return CarriedOptions.of(
        List.of(arguments), name -> name.startsWith("java.") || name.startsWith("jdk."));
  }
}
