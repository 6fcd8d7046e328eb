package io.mobula.driver.classpath;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClassPathSearchTest {
  @TempDir private Path folder;

  private NestedJars nested;
  private ClassPathSearch search;

  @BeforeEach
  void make() {
    nested = new NestedJars(folder.resolve("root"));
    search = new ClassPathSearch(nested);
  }

  @AfterEach
  void close() throws IOException {
    nested.close();
  }

  @Test
  void shouldKeepTheOrderAndLeaveOutWhatIsNotThere() throws IOException {
    Path classes = Files.createDirectories(folder.resolve("classes"));
    Path jar = jar("a.jar");
    search.addClassPath(jar + ":" + folder.resolve("gone.jar") + ":" + classes + ":" + jar);
    assertThat(search.paths()).containsExactly(jar, classes);
  }

  @Test
  void shouldTakeAllJarsOfAFolderWhenTheElementEndsWithAStar() throws IOException {
    Path second = jar("lib/b.JAR");
    Path first = jar("lib/a.jar");
    Files.writeString(folder.resolve("lib/notes.txt"), "no jar");
    search.addClassPath(folder.resolve("lib") + "/*");
    assertThat(search.paths()).containsExactly(first, second);
    search.addClassPath(folder.resolve("gone") + "/*");
    assertThat(search.paths()).hasSize(2);
  }

  @Test
  void shouldTakeTheCurrentFolderWhenAnElementIsEmpty() throws IOException {
    search.addClassPath(":" + jar("a.jar"));
    assertThat(search.paths()).first().isEqualTo(Path.of("").toAbsolutePath());
    ClassPathSearch other = new ClassPathSearch(nested);
    other.addClassPath("");
    assertThat(other.paths()).isEmpty();
  }

  @Test
  void shouldFollowAJarByWhatItsManifestNames() throws IOException {
    Path direct = jar("lib/direct.jar");
    Path indirect = jar("indirect.jar");
    Path classes = Files.createDirectories(folder.resolve("classes"));
    Path named =
        TestJars.withClassPath(
            folder.resolve("lib/named.jar"), "../indirect.jar named.jar http://host/x.jar");
    Path booter =
        TestJars.withClassPath(
            folder.resolve("booter.jar"),
            direct.toUri() + " lib/named.jar classes/ lib/gone.jar lib/%zz.jar");
    Path last = jar("last.jar");
    search.addClassPath(booter + ":" + last);
    assertThat(search.paths()).containsExactly(booter, direct, named, indirect, classes, last);
  }

  @Test
  void shouldTakeWhatIsNoJarAsItIsWhenItsManifestIsSought() throws IOException {
    Path text = Files.writeString(folder.resolve("text.jar"), "no jar");
    search.addFile(text);
    assertThat(search.paths()).containsExactly(text);
  }

  @Test
  void shouldAskLoadersAfterTheClassPathAndParentsFirst() throws IOException {
    Path onPath = jar("path.jar");
    Path module = jar("module.jar");
    Path outer = jar("outer.jar");
    Path inner = jar("inner.jar");
    Path agent = jar("agent.jar");
    Path boot = jar("boot.jar");
    try (URLClassLoader parent = loader(null, outer);
        URLClassLoader child = loader(parent, inner, onPath)) {
      search.addAll(
          new JvmView(
              onPath.toString(),
              List.of(module),
              List.of(ClassLoader.getPlatformClassLoader(), parent, child),
              List.of("-Xmx1g", "-javaagent:" + agent + "=a=b", "-Xbootclasspath/a:" + boot)));
    }
    assertThat(search.paths()).containsExactly(boot, onPath, agent, module, outer, inner);
  }

  @Test
  void shouldCopyWhatIsInAnExecutableJarAndLeaveThatOut() throws IOException {
    Path program =
        TestJars.write(
            folder.resolve("program.jar"),
            Map.of(
                "BOOT-INF/lib/other-1.jar", TestJars.bytes("other.txt", "other"),
                "BOOT-INF/classes/demo/", new byte[0],
                "BOOT-INF/classes/demo/a.txt", "text".getBytes(StandardCharsets.UTF_8)));
    search.addClassPath(program.toString());
    search.addUrl(url("jar:file:" + program + "!/BOOT-INF/classes!/"));
    search.addUrl(url("jar:file:" + program + "!/BOOT-INF/lib/other-1.jar!/"));
    search.addUrl(url("jar:file:" + program + "!/BOOT-INF/lib/gone.jar!/"));
    assertThat(search.paths())
        .extracting(path -> path.getFileName().toString())
        .containsExactly("BOOT-INF-classes.jar", "other-1.jar");
    try (JarFile classes = new JarFile(search.paths().get(0).toFile());
        JarFile other = new JarFile(search.paths().get(1).toFile())) {
      assertThat(classes.getEntry("demo/").isDirectory()).isTrue();
      assertThat(text(classes, "demo/a.txt")).isEqualTo("text");
      assertThat(text(other, "other.txt")).isEqualTo("other");
    }
  }

  @Test
  void shouldDeleteTheCopiesWhenClosed() throws IOException {
    Path program =
        TestJars.write(
            folder.resolve("program.jar"), Map.of("lib/a.jar", TestJars.bytes("a.txt", "a")));
    search.addUrl(url("jar:file:" + program + "!/lib/a.jar!/"));
    search.addUrl(url("jar:file:" + program + "!/lib/a.jar!/"));
    assertThat(search.paths()).singleElement().matches(Files::exists);
    nested.close();
    nested.close();
    assertThat(search.paths()).noneMatch(Files::exists);
    assertThat(folder.resolve("root")).isEmptyDirectory();
  }

  @Test
  void shouldKeepBothWhenTwoCopiesHaveOneName() throws IOException {
    for (String name : List.of("one.jar", "two.jar")) {
      Path program =
          TestJars.write(folder.resolve(name), Map.of("lib/a.jar", TestJars.bytes("a.txt", name)));
      search.addUrl(url("jar:file:" + program + "!/lib/a.jar!/"));
    }
    assertThat(search.paths())
        .extracting(path -> path.getFileName().toString())
        .containsExactly("a.jar", "2-a.jar");
  }

  private Path jar(String name) throws IOException {
    return TestJars.write(folder.resolve(name), Map.of());
  }

  private static String text(JarFile jar, String name) throws IOException {
    try (var in = jar.getInputStream(jar.getEntry(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static URL url(String text) throws IOException {
    return URI.create(text).toURL();
  }

  private static URLClassLoader loader(@Nullable ClassLoader parent, Path... files)
      throws IOException {
    URL[] urls = new URL[files.length];
    for (int i = 0; i < files.length; i++) {
      urls[i] = files[i].toUri().toURL();
    }
    return new URLClassLoader(urls, parent);
  }
}
