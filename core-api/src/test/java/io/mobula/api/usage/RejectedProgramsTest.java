package io.mobula.api.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the types must keep programs from: each line of the one list must not compile, and each of
 * the other must. All lines of a list are one program, since the compiler finds the errors of all.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES) // The compiler takes its time to compare overloads.
final class RejectedProgramsTest {
  private static final String BEFORE =
      """
      import io.mobula.api.*;
      import io.mobula.api.function.*;
      import java.util.*;

      final class Program {
        static int square(int x) { return x * x; }
        static int twice(int x) { return x; }
        static int twice(String x) { return 1; }
        static <T> T same(T x) { return x; }
        static int seven(int a, int b, int c, int d, int e, int f, int g) { return a; }
        static class Counter {
          Counter(int start) {}
          int increment(int by) { return by; }
          void put(Object a, Object b) {}
        }
        static final Task1<Integer, Integer> SQUARE = Mobula.task(Program::square);

        static void run(
            ActorHandle<Counter> counter, ObjectRef<Integer> number, ObjectRef<String> text) {
      """;

  private static final List<String> REJECTED =
      """
      SQUARE.remote("text");
      SQUARE.remote(text);
      SQUARE.remote(1, 2);
      SQUARE.remote(null);
      ObjectRef<String> wrong = SQUARE.remote(1);
      Mobula.task(Program::twice);
      Mobula.task(Program::same);
      Mobula.task(Program::seven);
      Mobula.actor(Counter::new).remote("text");
      counter.call(Counter::increment, "text");
      counter.call(Counter::increment, text);
      counter.call(Counter::put, number, text);
      SQUARE.options(o -> o.maxConcurrency(2));
      SQUARE.options(o -> o.namespace("n"));
      Mobula.actor(Counter::new).options(o -> o.maxRetries(2));
      List<String> wrong = Mobula.get(List.of(number));
      Mobula.init(o -> o.colour("red"));
      new Session(null);
      new Task1<Integer, Integer>((RemoteFunction) null);
      """
          .lines()
          .toList();

  private static final List<String> ACCEPTED =
      """
      SQUARE.remote(1);
      SQUARE.remote(number);
      SQUARE.remote((Integer) null);
      Mobula.task((Func1<String, Integer>) Program::twice).remote(text);
      Mobula.task((Func1<String, String>) Program::same).remote(text);
      Mobula.actor(Counter::new).remote(number);
      counter.call(Counter::increment, number);
      counter.method(Counter::put).remote(number, text);
      List<Integer> right = Mobula.get(List.of(number));
      List<Object> both = Mobula.<Object>get(List.of(number, text));
      Mobula.init(o -> o.address("head:6379")).close();
      ActorHandle<Counter> found = Mobula.<Counter>getActor("a").orElseThrow();
      """
          .lines()
          .toList();

  @TempDir private Path folder;

  @Test
  void shouldNotCompileWhenTypesDoNotFit() {
    assertThat(errorsByLine(REJECTED).keySet()).containsExactlyElementsOf(linesOf(REJECTED));
  }

  @Test
  void shouldCompileWhenTypesFit() {
    assertThat(errorsByLine(ACCEPTED)).isEmpty();
  }

  private static List<Integer> linesOf(List<String> statements) {
    return statements.stream().map(statements::indexOf).toList();
  }

  /**
   * Error codes by the index of the statement; texts list hundreds of overloads, and take long to
   * make.
   */
  private Map<Integer, String> errorsByLine(List<String> statements) {
    String body = statements.stream().map(s -> "{ " + s + " }\n").collect(Collectors.joining());
    int linesBefore = (int) BEFORE.lines().count();
    Map<Integer, String> errors = new TreeMap<>();
    for (Diagnostic<?> diagnostic : compile(BEFORE + body + "  }\n}\n")) {
      if (diagnostic.getKind() == Diagnostic.Kind.ERROR) {
        errors.merge(
            (int) diagnostic.getLineNumber() - linesBefore - 1,
            diagnostic.getCode(),
            String::concat);
      }
    }
    return errors;
  }

  private List<Diagnostic<? extends JavaFileObject>> compile(String program) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    List<String> options =
        List.of(
            "-proc:none", "-d", folder.toString(), "-cp", System.getProperty("java.class.path"));
    compiler.getTask(null, null, diagnostics, options, null, List.of(new Source(program))).call();
    return diagnostics.getDiagnostics();
  }

  /** A source in memory. */
  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    private Source(String text) {
      super(URI.create("string:///Program.java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
