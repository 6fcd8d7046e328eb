package io.mobula.processor;

import static com.google.testing.compile.Compiler.javac;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.JavaFileObjects;
import java.util.List;
import java.util.Locale;
import javax.tools.Diagnostic;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can't be remote is a compile error with the fix in its message. */
final class RemoteProcessorTest {
  private static Compilation compile(String... members) {
    String source =
        "package shop;\nimport io.mobula.api.*;\nimport java.util.*;\npublic class App {\n"
            + String.join("\n", members)
            + "\n}\n";
    return compileFile("shop.App", source);
  }

  private static Compilation compileFile(String name, String source) {
    JavaFileObject file = JavaFileObjects.forSourceString(name, source);
    return javac().withProcessors(new RemoteProcessor()).compile(file);
  }

  private static List<String> messages(Compilation compilation, Diagnostic.Kind kind) {
    return compilation.diagnostics().stream()
        .filter(d -> d.getKind() == kind)
        .map(d -> d.getMessage(Locale.ROOT))
        .toList();
  }

  private static void assertError(Compilation compilation, String... texts) {
    List<String> errors = messages(compilation, Diagnostic.Kind.ERROR);
    assertThat(errors).singleElement().asString().contains(texts);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          @Remote int f(int x) { return x; }      | method=App.f: make it static to be a task, or move @Remote to class App
          @Remote private void f() {}             | make it static
          @Remote static abstract class C {}      | class=shop.App.C: it is abstract: put @Remote on a class that extends it
          @Remote class C {}                      | it is an inner class, which can't be created without an object of its outer class: make it static
          @Remote interface C {}                  | it is an interface: put @Remote on a class
          @Remote enum C { A }                    | it is an enum
          @Remote @interface C {}                 | it is an annotation type
          @Remote static int f(int a, int b, int c, int d, int e, int f, int g) { return a; } | parameters=7: have at most 6, for example by grouping some in a record
          @Remote static class C { C(int a, int b, int c, int d, int e, int f, int g) {} }    | every constructor has more than 6 parameters
          @Remote(numCpus = -2) static void f() {}                | numCpus=-2.0: give 0 or more
          @Remote(numCpus = -1) static void f() {}                | numCpus=-1.0: give 0 or more, or do not set it
          @Remote(numCpus = 1.5) static void f() {}               | give 1 or 2
          @Remote(memoryBytes = -1) static class C {}             | memoryBytes=-1
          @Remote(maxRetries = -2) static void f() {}             | maxRetries=-2: give 0 or more, or -1 for no limit
          @Remote(name = " ") static void f() {}                  | give a name that is not empty
          @Remote(maxConcurrency = 0) static class C {}           | maxConcurrency=0: give 1 or more
          @Remote(resources = @Resource(name = "cpu", amount = 1)) static class C {} | use numCpus
          @Remote(maxRestarts = 1) static void f() {}             | maxRestarts is an option of actors, and this is a task
          @Remote(namespace = "n") static void f() {}             | namespace is an option of actors
          @Remote(maxRetries = 1) static class C {}               | maxRetries is an option of tasks, and this is an actor
          @Remote(isolation = Isolation.PROCESS) static class C {} | isolation is an option of tasks
          """)
  void shouldNameFixWhenItCanNotBeRemote(String member, String text) {
    assertError(compile(member), text);
  }

  @Test
  void shouldReportAllProblemsWhenThereAreSeveral() {
    Compilation compilation =
        compile("@Remote(numCpus = -2) void f() {}", "@Remote abstract static class C {}");
    assertThat(messages(compilation, Diagnostic.Kind.ERROR)).hasSize(3);
  }

  @Test
  void shouldPointAtTheMethodWhenItIsWrong() {
    Compilation compilation = compile("static void ok() {}", "@Remote void f() {}");
    assertThat(compilation.errors())
        .singleElement()
        .satisfies(error -> assertThat(error.getLineNumber()).isEqualTo(6));
  }

  @Test
  void shouldLeaveBadConstantToCompilerWhenOptionHasOne() {
    Compilation compilation = compile("@Remote(numCpus = MISSING) static void f() {}");
    assertError(compilation, "MISSING");
  }

  @Test
  void shouldNoteMissingStubWhenClassIsPrivate() {
    Compilation compilation = compile("@Remote private static class Hidden {}");
    assertThat(compilation.status()).isEqualTo(Compilation.Status.SUCCESS);
    assertThat(messages(compilation, Diagnostic.Kind.NOTE))
        .anySatisfy(n -> assertThat(n).contains("no stub for shop.App.Hidden"));
    assertThat(compilation.generatedSourceFiles()).isEmpty();
  }

  @Test
  void shouldNoteMissingStubWhenTypeInSignatureIsPrivate() {
    Compilation compilation =
        compile(
            "private static class Hidden {}",
            "@Remote static void f(List<Hidden> x) {}",
            "@Remote static void g() {}");
    assertThat(messages(compilation, Diagnostic.Kind.NOTE))
        .anySatisfy(n -> assertThat(n).contains("no stub for f"));
    assertThat(compilation.generatedSourceFiles()).hasSize(1);
  }

  @Test
  void shouldSuggestRenamingWhenStubNameIsTaken() {
    Compilation compilation =
        compileFile(
            "shop.App",
            """
            package shop;
            import io.mobula.api.*;
            class App { @Remote static void f() {} }
            class AppRemote {}
            """);
    assertError(compilation, "stub=AppRemote", "rename");
  }

  @Test
  void shouldLeaveUnknownTypeToCompilerWhenSignatureHasOne() {
    Compilation compilation = compile("@Remote static Missing f() { return null; }");
    assertError(compilation, "Missing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          @Remote static int f(int a) { return a; } static void f(String a) {} | Mobula.task(App::f) does not compile, as f is overloaded: write AppRemote.f(…) or Mobula.task((Func1<Integer, Integer>) App::f)
          @Remote static void f(int a) {} int f() { return 1; }                | Mobula.task((VoidFunc1<Integer>) App::f)
          @Remote static int f(String... a) { return 1; }                      | as f takes a variable number of arguments: write AppRemote.f(…) or Mobula.task((Func1<String[], Integer>) App::f)
          @Remote static <T> List<T> f(T a) { return null; }                   | as f has type parameters: write AppRemote.f(…) or Mobula.task((Func1<T, List<T>>) App::f)
          @Remote static void f() {} static void f(int a) {}                   | Mobula.task((VoidFunc0) App::f)
          @Remote static class C<T> { T get() { return null; } }               | call(C::method) does not compile, as C has type parameters: write call(C<T>::method), with types for T, or App_CRemote.of(handle).method(…)
          @Remote static class C { int f(int a) { return a; } void f() {} }    | call(C::f) does not compile, as f is overloaded: write call((Func2<C, Integer, Integer>) C::f, …), or App_CRemote.of(handle).f(…)
          """)
  void shouldSayWhatToWriteWhenMethodReferenceIsAmbiguous(String member, String text) {
    Compilation compilation = compile(member);
    assertThat(compilation.status()).isEqualTo(Compilation.Status.SUCCESS);
    assertThat(messages(compilation, Diagnostic.Kind.NOTE))
        .singleElement()
        .asString()
        .contains(text);
  }

  @Test
  void shouldCompileWhatTheHintsSay() {
    Compilation compilation =
        compileFile(
            "shop.Use",
            """
            package shop;
            import io.mobula.api.*;
            import io.mobula.api.function.*;
            import java.util.*;
            class Use {
              @Remote static int over(int a) { return a; }
              @Remote static void over(String a) {}
              @Remote static int sum(int... a) { return a.length; }
              @Remote static <T> List<T> list(T a) { return List.of(a); }
              @Remote static class Box<T> {
                Box(T t) {}
                T get() { return null; }
                int add(int a) { return a; }
                void add(T a) {}
              }
              static void use(ActorHandle<Box<String>> box) {
                Mobula.task((Func1<Integer, Integer>) Use::over).remote(1);
                Mobula.task((VoidFunc1<String>) Use::over).remote("a");
                Mobula.task((Func1<int[], Integer>) Use::sum).remote(new int[] {1});
                Mobula.task((Func1<String, List<String>>) Use::list).remote("a");
                UseRemote.over(1);
                UseRemote.sum(new int[] {1, 2});
                ObjectRef<List<String>> list = UseRemote.list("a");
                ObjectRef<String> got = box.call(Box<String>::get);
                box.call((Func2<Box<String>, Integer, Integer>) Box<String>::add, 1);
                Use_BoxRemote.of(box).add(1);
              }
            }
            """);
    assertThat(messages(compilation, Diagnostic.Kind.ERROR)).isEmpty();
  }

  @Test
  void shouldSayNothingWhenMethodReferencesAreExact() {
    Compilation compilation =
        compile(
            "@Remote static int f(int a) { return a; }",
            "@Remote static class C { int g() { return 1; } private void g(int a) {} }");
    assertThat(messages(compilation, Diagnostic.Kind.NOTE))
        .noneMatch(note -> note.contains("does not compile"));
  }

  @Test
  void shouldNotWarnWhenEveryLintIsAnError() {
    Compilation compilation =
        javac()
            .withProcessors(new RemoteProcessor())
            .withOptions("-Xlint:all", "-Werror")
            .compile(
                JavaFileObjects.forSourceString(
                    "shop.App",
                    """
                    package shop;
                    import io.mobula.api.Remote;
                    import java.util.List;
                    final class App {
                      private App() {}
                      @Remote static int f(int a, List<String> b) { return a; }
                      @Remote static final class C<T> { C(T t) {} T g(T t) { return t; } }
                    }
                    """));
    assertThat(messages(compilation, Diagnostic.Kind.WARNING)).isEmpty();
    assertThat(messages(compilation, Diagnostic.Kind.MANDATORY_WARNING)).isEmpty();
    assertThat(compilation.status()).isEqualTo(Compilation.Status.SUCCESS);
  }
}
