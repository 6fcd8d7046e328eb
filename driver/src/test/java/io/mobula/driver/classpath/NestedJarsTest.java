package io.mobula.driver.classpath;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of what lies within executable jars. */
final class NestedJarsTest {
  @TempDir Path folder;

  @Test
  void shouldKeepBothJarsWhenTwoFoldersHaveOneOfTheSameName() throws IOException {
    byte[] one = TestJars.bytes("x.txt", "one");
    byte[] two = TestJars.bytes("x.txt", "two");
    Path outer =
        TestJars.write(folder.resolve("app.jar"), Map.of("lib/a.jar", one, "more/a.jar", two));
    try (NestedJars copies = new NestedJars(root())) {
      Path first = copies.copyOf(new CodeLocation(outer, "lib/a.jar"));
      Path second = copies.copyOf(new CodeLocation(outer, "more/a.jar"));
      assertThat(first).hasFileName("a.jar").hasBinaryContent(one);
      assertThat(second).hasFileName("2-a.jar").hasBinaryContent(two);
      assertThat(copies.copyOf(new CodeLocation(outer, "lib/a.jar"))).isEqualTo(first);
    }
  }

  @Test
  void shouldMakeAJarOfAFolderWithoutItsNeighbours() throws IOException {
    Path outer =
        TestJars.write(
            folder.resolve("my app.jar"),
            Map.of("in/classes/p/A.txt", text("a"), "in/classes2/p/B.txt", text("b")));
    try (NestedJars copies = new NestedJars(root())) {
      Path copy = requireNonNull(copies.copyOf(new CodeLocation(outer, "in/classes/")));
      assertThat(copy).hasFileName("in-classes.jar");
      try (JarFile jar = new JarFile(copy.toFile())) {
        assertThat(jar.stream().map(Object::toString)).containsExactly("p/A.txt");
      }
    }
  }

  @Test
  void shouldLeaveNothingWhenThereIsNothingOfThatName() throws IOException {
    Path outer = TestJars.write(folder.resolve("app.jar"), Map.of("a.txt", text("a")));
    try (NestedJars copies = new NestedJars(root())) {
      assertThat(copies.copyOf(new CodeLocation(outer, "lib/gone.jar"))).isNull();
      assertThat(copies.copyOf(new CodeLocation(outer, "gone/"))).isNull();
      assertThat(files()).noneMatch(name -> name.endsWith(".jar"));
    }
  }

  @Test
  void shouldDeleteTheCopiesWhenClosedAndTakeASecondClose() throws IOException {
    Path outer =
        TestJars.write(
            folder.resolve("app.jar"), Map.of("lib/a.jar", TestJars.bytes("x.txt", "x")));
    NestedJars copies = new NestedJars(root());
    Path copy = requireNonNull(copies.copyOf(new CodeLocation(outer, "lib/a.jar")));
    assertThat(copy).exists();
    copies.close();
    copies.close();
    assertThat(copy).doesNotExist();
    assertThat(copy.getParent()).doesNotExist();
  }

  @Test
  void shouldMakeNoDirectoryWhenTheOuterFileIsNoJar() throws IOException {
    Path outer = Files.writeString(folder.resolve("app.jar"), "no zip");
    try (NestedJars copies = new NestedJars(root())) {
      assertThatThrownBy(() -> copies.copyOf(new CodeLocation(outer, "lib/a.jar")))
          .isInstanceOf(IOException.class);
    }
    assertThat(root()).doesNotExist();
  }

  private Path root() {
    return folder.resolve("sessions");
  }

  private Stream<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(root())) {
      return all.map(Path::toString).toList().stream();
    }
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
