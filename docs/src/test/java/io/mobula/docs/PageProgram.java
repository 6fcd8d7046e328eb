package io.mobula.docs;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A program of a page, with what it prints. It is compiled as its reader does: against the one jar,
 * with the annotation processor.
 *
 * @param page the page
 * @param mainClass without a package, as all classes of pages are
 * @param output what it prints
 */
record PageProgram(Page page, String mainClass, String output) {
  /** The package and module of the program on the module path, where it must have one. */
  static final String MODULE = "reader";

  /** As is the program of the test's report. */
  @Override
  public String toString() {
    return page.name();
  }

  /** The program of the README. */
  static PageProgram ofReadme() {
    Page page = Page.read(Page.REPOSITORY.resolve("README.md"));
    CodeBlock program = page.blocks().stream().filter(CodeBlock::hasMain).findFirst().orElseThrow();
    return new PageProgram(
        page, program.typeName().orElseThrow(), program.output().orElseThrow() + "\n");
  }

  /** All programs of the guide, one after the other. */
  static PageProgram ofGuide() {
    Page page = Page.read(Page.REPOSITORY.resolve("docs/getting-started.md"));
    return new PageProgram(page, "Programs", SnippetCompiler.outputOfPrograms(page));
  }

  /** Compiles it into the folder. */
  void compile(List<Path> jars, Path classes) throws IOException {
    List<Path> sources = write(classes.resolveSibling("sources"), "");
    compile(sources, List.of("-cp", join(jars), "-d", classes.toString()));
  }

  /** Compiles it as a module, with the text of its module-info, into the folder. */
  void compileModule(List<Path> jars, Path classes, String moduleInfo) throws IOException {
    Path folder = classes.resolveSibling("sources");
    List<Path> sources = write(folder.resolve(MODULE), "package " + MODULE + "; ");
    sources.add(Files.writeString(folder.resolve("module-info.java"), moduleInfo));
    compile(sources, List.of("-p", join(jars), "-d", classes.toString()));
  }

  /** A class path or module path of these. */
  static String join(List<Path> paths) {
    return paths.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  private List<Path> write(Path folder, String start) throws IOException {
    Files.createDirectories(folder);
    List<Path> files = new ArrayList<>();
    for (Map.Entry<String, String> source : SnippetCompiler.sources(page).entrySet()) {
      files.add(
          Files.writeString(folder.resolve(source.getKey() + ".java"), start + source.getValue()));
    }
    return files;
  }

  private static void compile(List<Path> sources, List<String> options) throws IOException {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of("--processor-path", System.getProperty("java.class.path"), "-parameters"));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean isCompiled =
          compiler
              .getTask(messages, files, null, all, null, files.getJavaFileObjectsFromPaths(sources))
              .call();
      if (!isCompiled) {
        throw new AssertionError("does not compile: " + messages);
      }
    }
  }
}
