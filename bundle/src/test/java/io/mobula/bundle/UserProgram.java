package io.mobula.bundle;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A program of {@code src/test/programs}, compiled and run as a user does: with the jars that are
 * given on the class path, and nothing else.
 *
 * @param jars in the order of the class path
 * @param folder for the classes and for the output
 */
record UserProgram(String name, List<Path> jars, Path folder) {
  private static final Path SOURCES = Path.of("src", "test", "programs");
  private static final long TIMEOUT_SECONDS = 80;

  /** What it printed, line by line, and how it ended. */
  record Outcome(int exitCode, List<String> out, List<String> err) {}

  Outcome run() throws IOException, InterruptedException {
    Path classes = Files.createDirectories(folder.resolve("classes"));
    compile(classes);
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            classPath() + File.pathSeparator + classes,
            name);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(variable -> variable.startsWith("MOBULA_"));
    environment.put("MOBULA_RAYLET_NUM_CPUS", "2");
    environment.put("MOBULA_RAYLET_OBJECT_STORE_MEMORY", "64m");
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    try {
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError(
            "did not end in time: " + Files.readString(out) + Files.readString(err));
      }
      return new Outcome(process.exitValue(), Files.readAllLines(out), Files.readAllLines(err));
    } finally {
      process.destroyForcibly();
    }
  }

  private void compile(Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean isCompiled =
          compiler
              .getTask(
                  messages,
                  files,
                  null,
                  List.of("-d", classes.toString(), "-cp", classPath(), "-proc:none"),
                  null,
                  files.getJavaFileObjects(SOURCES.resolve(name + ".java")))
              .call();
      if (!isCompiled) {
        throw new AssertionError("does not compile: " + messages);
      }
    }
  }

  private String classPath() {
    return jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  /** The jars of the folder, by name. */
  static List<Path> jarsIn(Path folder) {
    File[] files = folder.toFile().listFiles((_, name) -> name.endsWith(".jar"));
    if (files == null) {
      throw new AssertionError("no such folder: " + folder);
    }
    return Arrays.stream(files).map(File::toPath).sorted().toList();
  }
}
