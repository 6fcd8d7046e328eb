package io.mobula.docs;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Compiles the Java blocks of one page together, as {@code docs/README.md} says, and adds a {@code
 * Programs} class that runs the bodies whose output the page shows.
 */
final class SnippetCompiler {
  /** Stands before what one body prints. */
  static final String MARK = "--- ";

  private static final String IMPORTS =
      "import io.mobula.api.*; import java.time.*; import java.util.*; import java.util.stream.*; ";

  private SnippetCompiler() {}

  /**
   * Compiles into the folder.
   *
   * @return the errors, each with its place on the page; empty if there are none
   */
  static List<String> compile(Page page, Path classes) throws IOException {
    List<JavaFileObject> sources = new ArrayList<>();
    Map<String, CodeBlock> blocks = new HashMap<>();
    for (CodeBlock block : page.blocks()) {
      if (block.is("java")) {
        String name = block.typeName().orElse(bodyName(block));
        blocks.put("/" + name + ".java", block);
        sources.add(new Source(name, block.typeName().isPresent() ? block.text() : body(block)));
      }
    }
    if (sources.isEmpty()) {
      return List.of();
    }
    sources.add(new Source("Programs", programs(page)));
    Files.createDirectories(classes);
    String classPath = System.getProperty("java.class.path");
    List<String> options =
        List.of(
            "--release=25",
            "-proc:full",
            "-parameters",
            "-classpath",
            classPath,
            "--processor-path",
            classPath,
            "-d",
            classes.toString());
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    compiler.getTask(null, null, found, options, null, sources).call();
    List<String> errors = new ArrayList<>();
    for (Diagnostic<? extends JavaFileObject> diagnostic : found.getDiagnostics()) {
      if (diagnostic.getKind() == Diagnostic.Kind.ERROR) {
        errors.add(describe(diagnostic, blocks, page));
      }
    }
    return errors;
  }

  /** The files that are compiled, by the names of their classes. */
  static Map<String, String> sources(Page page) {
    Map<String, String> sources = new LinkedHashMap<>();
    for (CodeBlock block : page.blocks()) {
      if (block.is("java")) {
        sources.put(
            block.typeName().orElse(bodyName(block)),
            block.typeName().isPresent() ? block.text() : body(block));
      }
    }
    sources.put("Programs", programs(page));
    return sources;
  }

  /** What {@code Programs} prints. */
  static String outputOfPrograms(Page page) {
    StringBuilder output = new StringBuilder();
    for (CodeBlock body : runnableBodies(page)) {
      output.append(MARK).append(body.line()).append('\n');
      output.append(body.output().orElseThrow()).append('\n');
    }
    return output.toString();
  }

  /** The bodies that are run, in order. */
  static List<CodeBlock> runnableBodies(Page page) {
    return page.blocks().stream()
        .filter(block -> block.is("java") && block.output().isPresent() && !block.hasMain())
        .toList();
  }

  private static String bodyName(CodeBlock block) {
    return "Body" + block.line();
  }

  /** All on the first line what is not the page's, so that line numbers are the block's. */
  private static String body(CodeBlock block) {
    return IMPORTS
        + ("final class " + bodyName(block) + " { static void run() throws Exception { ")
        + block.text()
        + "\n}}";
  }

  private static String programs(Page page) {
    StringBuilder text = new StringBuilder(IMPORTS);
    text.append("final class Programs { public static void main(String[] a) throws Exception {\n");
    text.append("try (var session = Mobula.init(o -> o.numCpus(2))) {\n");
    for (CodeBlock body : runnableBodies(page)) {
      text.append("System.out.println(\"").append(MARK).append(body.line()).append("\");\n");
      text.append(bodyName(body)).append(".run();\n");
    }
    return text.append("}}}").toString();
  }

  private static String describe(
      Diagnostic<? extends JavaFileObject> diagnostic, Map<String, CodeBlock> blocks, Page page) {
    String message = diagnostic.getMessage(Locale.ROOT);
    CodeBlock block =
        Optional.ofNullable(diagnostic.getSource())
            .map(source -> blocks.get(source.toUri().getPath()))
            .orElse(null);
    if (block == null) {
      return page.name() + ": " + message;
    }
    return page.name() + ":" + (block.line() - 1 + diagnostic.getLineNumber()) + ": " + message;
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String name, String text) {
      super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
