package io.mobula.processor;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.api.Remote;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The finished jar, as build tools use it: the one entry of the processor path. */
final class ProcessorJarIT {
  private static final Path JAR =
      Path.of(Objects.requireNonNull(System.getProperty("mobula.processor.jar")));
  private static final String SOURCE =
      """
      package shop;
      import io.mobula.api.ObjectRef;
      import io.mobula.api.Remote;
      final class App {
        private App() {}
        @Remote(numCpus = 2) static int f(int a) { return a; }
        static ObjectRef<Integer> use() { return AppRemote.f(1); }
      }
      """;

  @TempDir Path folder;

  @Test
  void shouldWriteStubsWhenItIsAloneOnTheProcessorPathAndEveryLintIsAnError() throws Exception {
    String said = compile(SOURCE, "-processorpath", JAR.toString());
    assertThat(said).isEmpty();
    assertThat(folder.resolve("shop/AppRemote.class")).exists();
  }

  @Test
  void shouldCheckOptionsAsTheApiDoesWhenItIsAlone() throws Exception {
    String said =
        compile(SOURCE.replace("numCpus = 2", "numCpus = -2"), "-processorpath", JAR.toString());
    assertThat(said).contains("numCpus=-2.0: give 0 or more");
  }

  @Test
  void shouldHoldItsLibraryUnderAnotherName() throws IOException {
    try (var jar = new java.util.jar.JarFile(JAR.toFile());
        Stream<String> names = jar.stream().map(Object::toString)) {
      assertThat(names.filter(name -> name.endsWith(".class")))
          .isNotEmpty()
          .allMatch(name -> name.startsWith("io/mobula/"));
    }
  }

  /** Returns what the compiler says. */
  private String compile(String source, String... options) throws Exception {
    Path file = Files.writeString(folder.resolve("App.java"), source);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    List<String> all =
        Stream.concat(
                Stream.of(
                    "-Xlint:all",
                    "-Werror",
                    "-d",
                    folder.toString(),
                    "-classpath",
                    placeOf(Remote.class)
                        + java.io.File.pathSeparator
                        + placeOf(NullUnmarked.class)),
                Stream.of(options))
            .toList();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      compiler.getTask(said, files, null, all, null, files.getJavaFileObjects(file)).call();
    }
    return said.toString();
  }

  private static Path placeOf(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
