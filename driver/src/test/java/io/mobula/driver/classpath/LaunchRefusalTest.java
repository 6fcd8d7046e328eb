package io.mobula.driver.classpath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.api.MobulaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LaunchRefusalTest {
  @Test
  void shouldTakeThisJvmWhenItIsAnOrdinaryOne() {
    assertThatCode(LaunchRefusal::requireUsableJvm).doesNotThrowAnyException();
    assertThatCode(LaunchRefusal::requireJavaCommand).doesNotThrowAnyException();
  }

  @Test
  void shouldNameTheModuleWhenItIsNotThere() {
    assertThatThrownBy(() -> LaunchRefusal.check(new Properties(), name -> false))
        .isInstanceOf(MobulaException.class)
        .hasMessageContaining("\"requires jdk.unsupported;\"")
        .hasMessageContaining("--add-modules jdk.unsupported");
  }

  @Test
  void shouldRefuseANativeImageWhenTheProgramIsOne() {
    Properties properties = new Properties();
    properties.setProperty("org.graalvm.nativeimage.imagecode", "runtime");
    assertThatThrownBy(() -> LaunchRefusal.check(properties, name -> true))
        .hasMessageContaining("run the program on a JVM");
  }

  @Test
  void shouldNameTheCommandWhenTheRuntimeHasNone(@TempDir Path home) throws Exception {
    assertThatThrownBy(() -> LaunchRefusal.check(home))
        .hasMessageContaining(home + "/bin/java")
        .hasMessageContaining("--strip-native-commands");
    Files.createDirectories(home.resolve("bin"));
    assertThat(Files.createFile(home.resolve("bin/java")).toFile().setExecutable(true)).isTrue();
    assertThatCode(() -> LaunchRefusal.check(home)).doesNotThrowAnyException();
  }

  @Test
  void shouldSayHowToCompileWhenJavaRanASourceFile() {
    assertThat(
            LaunchRefusal.reason(
                "demo.Hello$Inner", "com.sun.tools.javac.launcher.MemoryClassLoader"))
        .contains("javac -cp mobula.jar -d classes Hello.java")
        .endsWith("java -cp mobula.jar:classes demo.Hello");
  }

  @Test
  void shouldSayWhatToDoWhenJShellRunsTheProgram() {
    assertThat(
            LaunchRefusal.reason(
                "REPL.$JShell$11",
                "jdk.jshell.execution.impl.DefaultLoaderDelegate$RemoteClassLoader"))
        .contains("JShell")
        .contains("compile it");
  }
}
