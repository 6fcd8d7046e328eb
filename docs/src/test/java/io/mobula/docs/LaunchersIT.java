package io.mobula.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the programs of the README and the guide in every way that the README promises, and checks
 * that the others are refused in a sentence.
 */
final class LaunchersIT {
  private static final Path MOBULA = file("mobula.bundle.jar");

  /** What the dependency brings, by Maven's word. */
  private static final List<Path> JARS = List.of(MOBULA, jarOf(NullMarked.class));

  /** What the stubs that the annotation processor writes refer to. */
  private static final String OF_STUBS =
      "requires static java.compiler; requires static org.jspecify; ";

  @TempDir private Path folder;

  static Stream<PageProgram> programs() {
    return Stream.of(PageProgram.ofReadme(), PageProgram.ofGuide());
  }

  @ParameterizedTest
  @MethodSource("programs")
  void shouldPrintWhatThePageShowsWhenItIsAShadedJar(PageProgram program) throws Exception {
    Path jar = folder.resolve("program.jar");
    LaunchJars.shaded(jar, program.mainClass(), compile(program), JARS);
    assertPrints(program, run(List.of(Launched.java(), "-jar", jar.toString())));
  }

  @ParameterizedTest
  @MethodSource("programs")
  void shouldPrintWhatThePageShowsWhenItIsASpringBootJar(PageProgram program) throws Exception {
    assertPrints(program, run(List.of(Launched.java(), "-jar", springBootJar(program).toString())));
    assertThat(Launched.jarsLeft(folder)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("programs")
  void shouldPrintWhatThePageShowsWhenItIsAModule(PageProgram program) throws Exception {
    Path module =
        compileModule(
            program,
            "module reader { requires io.mobula; requires jdk.unsupported; "
                + OF_STUBS
                + "opens reader to io.mobula; }");
    assertPrints(program, run(moduleCommand(program, module)));
  }

  @Test
  void shouldPrintWhatThePageShowsWhenItsModuleIsOpenedByFlags() throws Exception {
    PageProgram program = PageProgram.ofReadme();
    Path module = compileModule(program, "module reader { requires io.mobula; " + OF_STUBS + "}");
    assertPrints(
        program,
        run(
            moduleCommand(
                program,
                module,
                "--add-modules=jdk.unsupported",
                "--add-opens=reader/reader=io.mobula")));
  }

  @ParameterizedTest
  @MethodSource("programs")
  void shouldPrintWhatThePageShowsWhenMavenRunsIt(PageProgram program) throws Exception {
    Path classes = folder.resolve("target").resolve("classes");
    program.compile(JARS, Files.createDirectories(classes));
    Files.writeString(folder.resolve("pom.xml"), mavenProject(program.mainClass()));
    Launched launched =
        run(
            List.of(
                file("mobula.maven.home").resolve("bin").resolve("mvn").toString(),
                "--offline",
                "--quiet",
                "--batch-mode",
                "-Dstyle.color=never",
                "-Dmaven.repo.local=" + file("mobula.maven.repository"),
                "exec:java"));
    // Maven switches colours off even where there are none.
    assertThat(launched.out().replaceAll("\u001b\\[[0-9;]*m", ""))
        .as(launched.toString())
        .isEqualTo(program.output());
    assertThat(launched.exitCode()).isZero();
  }

  @ParameterizedTest
  @MethodSource("programs")
  void shouldPrintWhatThePageShowsWhenItUsesTheTarball(PageProgram program) throws Exception {
    Path home = unpackTarball();
    String classPath = home.resolve("lib/mobula.jar") + File.pathSeparator + compile(program);
    assertPrints(program, run(List.of(Launched.java(), "-cp", classPath, program.mainClass())));
  }

  /** A cluster from the tarball, and a program whose jars are in its jar. */
  @Test
  void shouldPrintWhatThePageShowsWhenASpringBootJarJoinsACluster() throws Exception {
    PageProgram program = PageProgram.ofReadme();
    String command = unpackTarball().resolve("bin/mobula").toString();
    Launched started =
        run(List.of(command, "start", "--head", "--port", "0", "--num-cpus", "2", "--json"));
    try {
      assertThat(started.exitCode()).as(started.toString()).isZero();
      String address =
          started.out().replaceFirst("(?s).*?\"address\"\\s*:\\s*\"([^\"]+)\".*", "$1");
      assertPrints(
          program,
          Launched.run(
              folder,
              Map.of("MOBULA_ADDRESS", address),
              List.of(Launched.java(), "-jar", springBootJar(program).toString())));
      assertThat(Launched.jarsLeft(folder).stream().filter(jar -> jar.endsWith("mobula.jar")))
          .isEmpty();
    } finally {
      assertThat(run(List.of(command, "stop")).exitCode()).isZero();
    }
  }

  @Test
  void shouldSayHowToCompileWhenJavaRunsTheSource() throws Exception {
    Path source = folder.resolve("Hello.java");
    Files.writeString(source, SnippetCompiler.sources(PageProgram.ofReadme().page()).get("Hello"));
    Launched launched = run(List.of(Launched.java(), "-cp", MOBULA.toString(), source.toString()));
    assertThat(launched.exitCode()).isNotZero();
    assertThat(launched.err())
        .contains("compile it first, as in: javac -cp mobula.jar -d classes Hello.java");
  }

  @Test
  void shouldSayWhatIsMissingWhenTheModulePathLacksIt() throws Exception {
    PageProgram program = PageProgram.ofReadme();
    Path module = compileModule(program, "module reader { requires io.mobula; " + OF_STUBS + "}");
    assertThat(run(moduleCommand(program, module)).err())
        .contains("write \"requires jdk.unsupported;\" in its module-info.java");
    assertThat(run(moduleCommand(program, module, "--add-modules=jdk.unsupported")).err())
        .contains("write \"opens reader to io.mobula;\" in the module-info.java of reader")
        .contains("--add-opens reader/reader=io.mobula");
  }

  private Launched run(List<String> command) throws IOException, InterruptedException {
    return Launched.run(folder, Map.of(), command);
  }

  private static void assertPrints(PageProgram program, Launched launched) {
    assertThat(launched).isEqualTo(new Launched(0, program.output(), ""));
  }

  private Path compile(PageProgram program) throws IOException {
    Path classes = Files.createDirectories(folder.resolve("classes"));
    program.compile(JARS, classes);
    return classes;
  }

  private Path compileModule(PageProgram program, String moduleInfo) throws IOException {
    Path classes = Files.createDirectories(folder.resolve("classes"));
    program.compileModule(JARS, classes, moduleInfo);
    return classes;
  }

  private static List<String> moduleCommand(PageProgram program, Path module, String... options) {
    List<String> command = new ArrayList<>(List.of(Launched.java()));
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-p",
            PageProgram.join(List.of(MOBULA, module)),
            "-m",
            PageProgram.MODULE + "/" + PageProgram.MODULE + "." + program.mainClass()));
    return command;
  }

  private Path springBootJar(PageProgram program) throws IOException {
    Path jar = folder.resolve("program.jar");
    LaunchJars.springBoot(
        jar, program.mainClass(), file("mobula.spring-boot-loader"), compile(program), JARS);
    return jar;
  }

  private Path unpackTarball() throws IOException, InterruptedException {
    Launched tar = run(List.of("tar", "xzf", file("mobula.distribution").toString()));
    assertThat(tar.exitCode()).as(tar.err()).isZero();
    try (Stream<Path> folders = Files.list(folder)) {
      return folders.filter(path -> Files.exists(path.resolve("lib"))).findFirst().orElseThrow();
    }
  }

  /** The jar is in no repository while it is being built, so it is named by its path. */
  private static String mavenProject(String mainClass) {
    return """
    <project xmlns="http://maven.apache.org/POM/4.0.0">
      <modelVersion>4.0.0</modelVersion>
      <groupId>reader</groupId>
      <artifactId>reader</artifactId>
      <version>1</version>
      <build>
        <plugins>
          <plugin>
            <groupId>org.codehaus.mojo</groupId>
            <artifactId>exec-maven-plugin</artifactId>
            <version>%s</version>
            <configuration>
              <mainClass>%s</mainClass>
              <additionalClasspathElements>
                <additionalClasspathElement>%s</additionalClasspathElement>
              </additionalClasspathElements>
            </configuration>
          </plugin>
        </plugins>
      </build>
    </project>
    """
        .formatted(System.getProperty("mobula.exec-plugin.version"), mainClass, MOBULA);
  }

  private static Path jarOf(Class<?> type) {
    return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()));
  }

  private static Path file(String property) {
    return Path.of(Objects.requireNonNull(System.getProperty(property), property)).normalize();
  }
}
