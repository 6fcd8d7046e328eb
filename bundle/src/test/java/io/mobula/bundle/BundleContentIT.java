package io.mobula.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What is in the jar and what it refers to: a user's own Guava, Netty or protobuf must never meet
 * ours.
 */
final class BundleContentIT {
  private BundleJar jar;

  @BeforeEach
  void open() throws IOException {
    jar = new BundleJar();
  }

  @AfterEach
  void close() throws IOException {
    jar.close();
  }

  @Test
  void shouldHoldOnlyOurPackagesWhenAllIsRelocated() {
    assertThat(jar.classNames()).isNotEmpty().allMatch(name -> name.startsWith("io/mobula/"));
  }

  /** A relocated name may lead nowhere: the libraries try optional ones and do without. */
  @Test
  void shouldReferOnlyToItselfAndTheJdkWhenAllIsRelocated() {
    Set<String> own = jar.classNames();
    Set<String> jdkPackages =
        ModuleFinder.ofSystem().findAll().stream()
            .flatMap(module -> module.descriptor().packages().stream())
            .map(name -> name.replace('.', '/'))
            .collect(Collectors.toSet());
    Set<String> foreign = new TreeSet<>();
    for (String classFile : jar.classFiles()) {
      for (String name : jar.referencesOf(classFile)) {
        boolean isKnown =
            name.startsWith("io/mobula/")
                ? own.contains(name) || name.startsWith("io/mobula/shaded/")
                : jdkPackages.contains(packageOf(name));
        if (!isKnown) {
          foreign.add(name + " in " + classFile);
        }
      }
    }
    assertThat(foreign).isEmpty();
  }

  @Test
  void shouldHoldNoLeftoversWhenMerged() {
    assertThat(jar.files())
        .filteredOn(name -> !name.endsWith(".class"))
        .allMatch(name ->
            name.startsWith("io/mobula/")
                || name.startsWith("META-INF/services/io.mobula.")
                || name.startsWith("META-INF/licenses/")
                || List.of("META-INF/MANIFEST.MF", "META-INF/LICENSE", "META-INF/NOTICE")
                    .contains(name))
        .noneMatch(
            name -> name.endsWith(".proto") || name.endsWith(".so") || name.endsWith(".dll"));
    assertThat(jar.files()).noneMatch(name -> name.endsWith("module-info.class"));
  }

  @Test
  void shouldHoldEveryServiceAndProviderWhenTheServiceFilesAreRelocated() {
    Set<String> own = jar.classNames();
    List<String> serviceFiles =
        jar.files().stream().filter(name -> name.startsWith("META-INF/services/")).toList();
    assertThat(serviceFiles).isNotEmpty();
    for (String serviceFile : serviceFiles) {
      String service = serviceFile.substring("META-INF/services/".length());
      assertThat(own).contains(service.replace('.', '/'));
      for (String provider : jar.providersIn(serviceFile)) {
        assertThat(own).contains(provider.replace('.', '/'));
      }
    }
  }

  @Test
  void shouldNameItselfWhenReadByTheModuleSystem() throws IOException {
    assertThat(jar.manifestValue("Automatic-Module-Name")).isEqualTo("io.mobula");
    assertThat(jar.manifestValue("Implementation-Version")).isNotBlank();
  }

  @Test
  void shouldKeepTheLicencesWhenMerged() {
    assertThat(new String(jar.read("META-INF/LICENSE"), StandardCharsets.UTF_8))
        .contains("Apache License");
    assertThat(new String(jar.read("META-INF/NOTICE"), StandardCharsets.UTF_8))
        .contains("Protocol Buffers");
  }

  private static String packageOf(String className) {
    int end = className.lastIndexOf('/');
    return end < 0 ? "" : className.substring(0, end);
  }
}
