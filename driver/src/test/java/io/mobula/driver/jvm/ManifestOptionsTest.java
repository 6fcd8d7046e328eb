package io.mobula.driver.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What workers take over from the manifest of an executable jar. */
final class ManifestOptionsTest {
  private static final String OPENS = "Add-Opens";

  @TempDir Path folder;

  @Test
  void shouldTakeEachPackageOfBothAttributesWhenStartedFromAJar() throws IOException {
    String jar =
        jar(Map.of("Add-Exports", "java.base/sun.nio.ch", OPENS, " java.base/a.b  java.sql/c "));
    assertThat(ManifestOptions.of(jar, jar + " --port 1"))
        .containsExactly(
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.base/a.b=ALL-UNNAMED",
            "--add-opens=java.sql/c=ALL-UNNAMED");
  }

  @Test
  void shouldTellTheJarFromAnArgumentWhenItsPathHasSpaces() throws IOException {
    Path spaced = Files.createDirectories(folder.resolve("my programs"));
    String jar = write(spaced.resolve("app.jar"), Map.of(OPENS, "java.base/a.b")).toString();
    assertThat(ManifestOptions.of(jar, jar)).hasSize(1);
    assertThat(ManifestOptions.of(jar, jar + "x")).isEmpty();
  }

  /** The JVM heeds the manifest for {@code java -jar} only, so workers must not either. */
  @Test
  void shouldHeedNoManifestWhenTheJarIsJustOnTheClassPath() throws IOException {
    String jar = jar(Map.of(OPENS, "java.base/a.b"));
    assertThat(ManifestOptions.of(jar, "com.example.Main " + jar)).isEmpty();
    assertThat(ManifestOptions.of(jar, "")).isEmpty();
    assertThat(ManifestOptions.of("", "")).isEmpty();
  }

  /** A program that runs with such a manifest must not have workers that can't start. */
  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "java.base", "java.base/", "/a.b", "a/b/c", "a/b=c", "a/b,c/d"})
  void shouldPassOverWhatTheJvmWouldNotTakeAsAnOption(String value) throws IOException {
    String jar = jar(Map.of(OPENS, value + " java.base/good"));
    assertThat(ManifestOptions.of(jar, jar))
        .containsExactly("--add-opens=java.base/good=ALL-UNNAMED");
    String only = jar(Map.of(OPENS, value));
    assertThat(ManifestOptions.of(only, only)).isEmpty();
  }

  @Test
  void shouldFindNothingWhenThereIsNoReadableJar() throws IOException {
    String gone = folder.resolve("gone.jar").toString();
    String text = Files.writeString(folder.resolve("text.jar"), "no zip").toString();
    assertThat(ManifestOptions.of(gone, gone)).isEmpty();
    assertThat(ManifestOptions.of(text, text)).isEmpty();
    assertThat(ManifestOptions.of(folder.toString(), folder.toString())).isEmpty();
  }

  private String jar(Map<String, String> attributes) throws IOException {
    return write(folder.resolve("app.jar"), attributes).toString();
  }

  private static Path write(Path file, Map<String, String> attributes) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.forEach(manifest.getMainAttributes()::putValue);
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out, manifest)) {
      jar.finish();
    }
    return file;
  }
}
