package io.mobula.driver.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.api.InitOptions;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WorkerJvmOptionsTest {
  @TempDir private Path folder;

  @Test
  void shouldPutTheUsersOptionsLastWhenThereAreOthers() {
    InitOptions init =
        InitOptions.of(o ->
            o.workerJvmOptions(List.of("-Xmx1g", "-Dz=3"))
                .workerSystemProperties(Map.of("z", "2", "a", "1 2")));
    assertThat(WorkerJvmOptions.ofUser(init))
        .containsExactly("-Da=1 2", "-Dz=2", "-Xmx1g", "-Dz=3");
    List<String> all = WorkerJvmOptions.of(init);
    assertThat(all).endsWith("-Da=1 2", "-Dz=2", "-Xmx1g", "-Dz=3");
    assertThat(all).anyMatch(option -> option.startsWith("-Duser.language="));
    // Tests run with assertions.
    assertThat(all).contains("-ea");
  }

  @Test
  void shouldTakeTheOptionsOfAnExecutableJarWhenJavaRanOne() throws Exception {
    Path jar = jar();
    for (String command : List.of(jar.toString(), jar + " some arguments")) {
      assertThat(ManifestOptions.of(jar.toString(), command))
          .containsExactly(
              "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
              "--add-opens=java.base/java.nio=ALL-UNNAMED",
              "--add-opens=java.base/java.util=ALL-UNNAMED");
    }
  }

  @Test
  void shouldTakeNoneWhenJavaRanAClassOfTheJar() throws Exception {
    Path jar = jar();
    assertThat(ManifestOptions.of(jar.toString(), "demo.Main")).isEmpty();
    assertThat(ManifestOptions.of("", "")).isEmpty();
    assertThat(ManifestOptions.of(folder.toString(), folder.toString())).isEmpty();
  }

  private Path jar() throws Exception {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.putValue("Add-Exports", "java.base/sun.nio.ch");
    attributes.putValue("Add-Opens", "java.base/java.nio java.base/java.util");
    Path jar = folder.resolve("a.jar");
    try (OutputStream out = Files.newOutputStream(jar)) {
      new JarOutputStream(out, manifest).close();
    }
    return jar;
  }
}
