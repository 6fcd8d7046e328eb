package io.mobula.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The modules, as the architecture's table has them: folder, root package, and what each may use.
 */
enum Module {
  PROTO("proto", "io.mobula.proto"),
  CORE_API("core-api", "io.mobula.api"),
  ANNOTATION_PROCESSOR("annotation-processor", "io.mobula.processor", CORE_API),
  OBJECT_STORE("object-store", "io.mobula.store"),
  AGENT("agent", "io.mobula.agent", PROTO),
  RPC("rpc", "io.mobula.rpc", AGENT, PROTO),
  CORE_WORKER("core-worker", "io.mobula.worker", CORE_API, OBJECT_STORE, AGENT, PROTO),
  RAYLET("raylet", "io.mobula.raylet", OBJECT_STORE, AGENT, RPC, PROTO),
  GCS_SERVER("gcs-server", "io.mobula.gcs", AGENT, RPC, PROTO),
  // The daemons, because init() without an address starts a cluster inside the user's process.
  DRIVER(
      "driver",
      "io.mobula.driver",
      CORE_WORKER,
      RPC,
      RAYLET,
      GCS_SERVER,
      CORE_API,
      OBJECT_STORE,
      AGENT,
      PROTO),
  TESTKIT(
      "testkit",
      "io.mobula.testkit",
      DRIVER,
      CORE_WORKER,
      RPC,
      RAYLET,
      GCS_SERVER,
      CORE_API,
      OBJECT_STORE,
      AGENT,
      PROTO),
  CLI(
      "cli",
      "io.mobula.cli",
      DRIVER,
      CORE_WORKER,
      RPC,
      RAYLET,
      GCS_SERVER,
      CORE_API,
      OBJECT_STORE,
      AGENT,
      PROTO),
  ARROW("arrow", "io.mobula.arrow", CORE_API),
  DRIVER_EXAMPLES("driver-examples", "io.mobula.examples", CORE_API),
  BENCHMARKS(
      "benchmarks",
      "io.mobula.bench",
      DRIVER,
      CORE_WORKER,
      RPC,
      RAYLET,
      GCS_SERVER,
      CORE_API,
      OBJECT_STORE,
      AGENT,
      PROTO);

  /** Programs that use Mobula as a user does, where a clock or a thread is nobody's business. */
  private static final Set<Module> PROGRAMS = EnumSet.of(DRIVER_EXAMPLES, BENCHMARKS);

  private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
  private static final Map<Module, JavaClasses> IMPORTED = new EnumMap<>(Module.class);

  final String folder;
  final String rootPackage;

  @SuppressWarnings("ImmutableEnumChecker") // Set.of makes it immutable.
  private final Set<Module> mayUse;

  Module(String folder, String rootPackage, Module... mayUse) {
    this.folder = folder;
    this.rootPackage = rootPackage;
    this.mayUse = Set.of(mayUse);
  }

  /** Those whose classes are held to the rules about clocks, threads and the like. */
  static Set<Module> ofTheRuntime() {
    return EnumSet.complementOf(EnumSet.copyOf(PROGRAMS));
  }

  Set<Module> mayUse() {
    return mayUse;
  }

  boolean owns(String className) {
    return className.startsWith(rootPackage + ".");
  }

  /** The main classes, generated ones too; read once a run, by the one thread that tests run on. */
  JavaClasses classes() {
    return IMPORTED.computeIfAbsent(
        this,
        module ->
            new ClassFileImporter()
                .importPaths(REPOSITORY.resolve(folder).resolve("target/classes")));
  }

  List<Path> mainSources() {
    return javaFilesBelow("src/main/java");
  }

  List<Path> testSources() {
    return javaFilesBelow("src/test/java");
  }

  /** A path as a reader of the repository would write it. */
  static String nameOf(Path source) {
    return REPOSITORY.relativize(source).toString();
  }

  private List<Path> javaFilesBelow(String root) {
    Path start = REPOSITORY.resolve(folder).resolve(root);
    if (!Files.isDirectory(start)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(start)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
