package io.mobula.driver.classpath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.api.ErrorCode;
import io.mobula.api.MobulaException;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProgramClassesTest {
  @TempDir private Path folder;

  @Test
  void shouldFindThisTestWhenItIsTheProgram() {
    try (ProgramClasses classes =
        ProgramClasses.find(ProgramClasses.class, ProgramClassesTest.class)) {
      assertThat(ClassFinder.isIn(ProgramClasses.class, classes.paths())).isTrue();
      assertThat(ClassFinder.isIn(ProgramClassesTest.class, classes.paths())).isTrue();
    }
  }

  @Test
  void shouldFindAClassWhenOnlyItsLoaderKnowsTheJar() throws Exception {
    Path jar = programJar();
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      Class<?> program = loader.loadClass(Program.class.getName());
      JvmView view = JvmView.current(List.of(program), null);
      JvmView withoutPath = new JvmView("", List.of(), view.loaders(), List.of());
      try (ProgramClasses classes =
          ProgramClasses.find(withoutPath, List.of(program), folder.resolve("root"))) {
        assertThat(classes.paths()).containsExactly(jar);
      }
    }
  }

  @Test
  void shouldFindAClassWhenItsLoaderIsOfAnUnknownKind() {
    JvmView nothing = new JvmView("", List.of(), List.of(), List.of());
    try (ProgramClasses classes =
        ProgramClasses.find(nothing, List.of(Program.class), folder.resolve("root"))) {
      assertThat(ClassFinder.isIn(Program.class, classes.paths())).isTrue();
    }
  }

  @Test
  void shouldSayWhatToDoWhenAClassIsInMemoryOnly() throws Exception {
    Class<?> program = new MemoryLoader().define(Program.class);
    JvmView view = new JvmView("", List.of(), List.of(program.getClassLoader()), List.of());
    assertThatThrownBy(() -> ProgramClasses.find(view, List.of(program), folder.resolve("root")))
        .isInstanceOfSatisfying(
            MobulaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLASS_MISSING))
        .hasMessageContaining(Program.class.getName())
        .hasMessageContaining("MemoryLoader")
        .hasMessageContaining("start the program from class files or jars");
  }

  @Test
  void shouldLeaveNoCopiesWhenItRefuses() throws Exception {
    Path jar =
        TestJars.write(
            folder.resolve("fat.jar"), Map.of("lib/a.jar", TestJars.bytes("a.txt", "a")));
    Class<?> program = new MemoryLoader().define(Program.class);
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {URI.create("jar:" + jar.toUri() + "!/lib/a.jar!/").toURL()})) {
      JvmView view = new JvmView("", List.of(), List.of(loader), List.of());
      assertThatThrownBy(() -> ProgramClasses.find(view, List.of(program), folder.resolve("root")))
          .isInstanceOf(MobulaException.class);
    }
    assertThat(folder.resolve("root")).isEmptyDirectory();
  }

  @Test
  void shouldFindNoClassWhenTheFolderOrJarHasOthers() throws IOException {
    Path jar = programJar();
    Path text = Files.writeString(folder.resolve("text.jar"), "no jar");
    assertThat(ClassFinder.isIn(Program.class, List.of(folder, text, jar))).isTrue();
    assertThat(ClassFinder.isIn(ProgramClassesTest.class, List.of(folder, text, jar))).isFalse();
  }

  private Path programJar() throws IOException {
    return TestJars.write(
        folder.resolve("program.jar"),
        Map.of(TestJars.fileOf(Program.class), TestJars.classFile(Program.class)));
  }

  /** A program. */
  static final class Program {}

  /** As a compiler that keeps what it compiled in memory. */
  private static final class MemoryLoader extends ClassLoader {
    MemoryLoader() {
      super(ClassLoader.getPlatformClassLoader());
    }

    Class<?> define(Class<?> type) throws IOException {
      byte[] bytes = TestJars.classFile(type);
      return defineClass(type.getName(), bytes, 0, bytes.length);
    }
  }
}
