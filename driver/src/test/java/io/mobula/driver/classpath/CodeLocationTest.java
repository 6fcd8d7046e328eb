package io.mobula.driver.classpath;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class CodeLocationTest {
  private static final Path PROGRAM = Path.of("/a/program.jar");

  @Test
  void shouldBeTheFileWhenTheUrlNamesOne() throws Exception {
    assertThat(of("file:/a/program.jar")).isEqualTo(new CodeLocation(PROGRAM, ""));
    assertThat(of("file:/a/classes/")).isEqualTo(new CodeLocation(Path.of("/a/classes"), ""));
    assertThat(of("jar:file:/a/program.jar!/")).isEqualTo(new CodeLocation(PROGRAM, ""));
  }

  @Test
  void shouldBeTheFileWhenItsNameHasASpaceOrIsEncoded() throws Exception {
    assertThat(of("file:/a%20b/c+d.jar")).isEqualTo(new CodeLocation(Path.of("/a b/c+d.jar"), ""));
    assertThat(of(URL.of(new URI("file", null, "/a b/c+d.jar", null), null)))
        .isEqualTo(new CodeLocation(Path.of("/a b/c+d.jar"), ""));
  }

  @Test
  void shouldBeAJarInTheJarWhenSpringBootNamesOne() throws Exception {
    for (String url :
        new String[] {
          "jar:nested:/a/program.jar/!BOOT-INF/lib/x-1.jar!/",
          "nested:/a/program.jar/!BOOT-INF/lib/x-1.jar",
          "jar:file:/a/program.jar!/BOOT-INF/lib/x-1.jar!/"
        }) {
      CodeLocation location = Objects.requireNonNull(of(url));
      assertThat(location).isEqualTo(new CodeLocation(PROGRAM, "BOOT-INF/lib/x-1.jar"));
      assertThat(location.isNested()).isTrue();
      assertThat(location.isFolderInJar()).isFalse();
    }
  }

  @Test
  void shouldBeAFolderInTheJarWhenSpringBootNamesOne() throws Exception {
    for (String url :
        new String[] {
          "jar:nested:/a/program.jar/!BOOT-INF/classes/!/",
          "nested:/a/program.jar/!BOOT-INF/classes/",
          "jar:file:/a/program.jar!/BOOT-INF/classes!/",
          "jar:file:/a/program.jar!/BOOT-INF/classes/"
        }) {
      CodeLocation location = Objects.requireNonNull(of(url));
      assertThat(location).isEqualTo(new CodeLocation(PROGRAM, "BOOT-INF/classes/"));
      assertThat(location.isFolderInJar()).isTrue();
    }
  }

  @Test
  void shouldBeNothingWhenTheUrlIsOfNoFile() throws Exception {
    assertThat(of("http://host/program.jar")).isNull();
    assertThat(of("memory:///Hello.class")).isNull();
    assertThat(of("jar:http://host/program.jar!/")).isNull();
    assertThat(of("jar:file:/a/b.war!/WEB-INF/lib/c.jar!/d.jar!/")).isNull();
  }

  private static @Nullable CodeLocation of(String text) throws MalformedURLException {
    boolean isKnown = text.startsWith("file:") || text.startsWith("jar:file:");
    return of(URL.of(URI.create(text), isKnown ? null : new NoHandler()));
  }

  private static @Nullable CodeLocation of(URL url) {
    return CodeLocation.of(url);
  }

  /** Lets a URL be of any protocol. */
  private static final class NoHandler extends URLStreamHandler {
    @Override
    protected URLConnection openConnection(URL url) {
      throw new AssertionError("nobody opens it");
    }
  }
}
