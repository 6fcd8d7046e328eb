package io.mobula.processor;

import static com.google.testing.compile.Compiler.javac;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.JavaFileObjects;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;

/**
 * Stubs have the methods that programs call, with their types: each test compiles remote code, its
 * stub and a program that uses it, without a warning.
 */
final class StubTest {
  private static Compilation compile(String remote, String use) {
    JavaFileObject remoteFile = JavaFileObjects.forSourceString("shop.App", IMPORTS + remote);
    JavaFileObject useFile =
        JavaFileObjects.forSourceString(
            "shop.Use", IMPORTS + "final class Use { static void run(Given given) {" + use + "} }");
    JavaFileObject given = JavaFileObjects.forSourceString("shop.Given", IMPORTS + GIVEN);
    return javac()
        .withOptions("-Xlint:all,-processing,-path", "-Xdoclint:all/protected,-missing", "-Werror")
        .withProcessors(new RemoteProcessor())
        .compile(Stream.of(remoteFile, useFile, given).toList());
  }

  private static final String IMPORTS =
      """
      package shop;
      import io.mobula.api.*;
      import java.util.*;
      """;

  private static final String GIVEN =
      """
      interface Given {
        ObjectRef<Integer> number();
        ObjectRef<String> text();
        ObjectRef<List<String>> texts();
        ObjectRef<int[]> array();
      }
      """;

  private static void assertCompiles(String remote, String use) {
    assertThat(diagnostics(compile(remote, use))).isEmpty();
  }

  private static void assertRejects(String remote, String use) {
    assertThat(compile(remote, use).status()).isEqualTo(Compilation.Status.FAILURE);
  }

  private static List<String> diagnostics(Compilation compilation) {
    return compilation.diagnostics().stream()
        .filter(d -> d.getKind() != Diagnostic.Kind.NOTE)
        .map(d -> d.getMessage(Locale.ROOT))
        .toList();
  }

  private static String stub(Compilation compilation, String name) throws IOException {
    return compilation.generatedSourceFile(name).orElseThrow().getCharContent(true).toString();
  }

  @Test
  void shouldTakeValuesOrArgsWhenMethodIsTask() {
    String app =
        """
        final class App {
          @Remote static int add(int a, Integer b) { return a + b; }
          @Remote private static void log(String line) {}
          @Remote static List<String> none() { return List.of(); }
        }
        """;
    assertCompiles(
        app,
        """
        ObjectRef<Integer> sum = AppRemote.add(1, 2);
        sum = AppRemote.add(given.number(), Arg.of(2));
        sum = AppRemote.add(sum, sum);
        ObjectRef<Void> logged = AppRemote.log("line");
        logged = AppRemote.log(given.text());
        ObjectRef<List<String>> none = AppRemote.none();
        """);
    assertRejects(app, "AppRemote.add(1, \"2\");");
    assertRejects(app, "AppRemote.add(given.text(), Arg.of(2));");
  }

  @Test
  void shouldTellOverloadsApartWhenArgsWouldClash() {
    assertCompiles(
        """
        final class App {
          @Remote static int parse(int x) { return x; }
          @Remote static int parse(String x) { return 1; }
          @Remote static int parse(List<String> x) { return 1; }
          @Remote static int parse(int[] x) { return 1; }
        }
        """,
        """
        AppRemote.parse(1);
        AppRemote.parse("1");
        AppRemote.parse(given.number());
        AppRemote.parse_String(given.text());
        AppRemote.parse_List(given.texts());
        AppRemote.parse_intArray(given.array());
        """);
  }

  @Test
  void shouldKeepTypeParametersWhenMethodIsGeneric() {
    assertCompiles(
        """
        final class App {
          @Remote static <T extends Comparable<T>> T max(T a, List<? extends T> b) { return a; }
          @Remote static <K, V> Map<K, V> merge(Map<K, V> a, Map<? super K, V>[] b) { return a; }
          @Remote static int count(Object... all) { return all.length; }
        }
        """,
        """
        ObjectRef<String> max = AppRemote.max("a", List.of("b"));
        max = AppRemote.max(max, given.texts());
        ObjectRef<Integer> count = AppRemote.count(new Object[] {1, 2});
        """);
  }

  @Test
  void shouldResolveOrPassRefAsDeclaredWhenParameterIsObjectOrRef() {
    assertCompiles(
        """
        final class App {
          @Remote static String show(Object x) { return ""; }
          @Remote static String follow(ObjectRef<Integer> x) { return ""; }
        }
        """,
        """
        AppRemote.show("x");
        AppRemote.show(given.number());
        AppRemote.follow(given.number());
        """);
  }

  @Test
  void shouldWrapHandleWhenClassIsActor() {
    String app =
        """
        @Remote(maxRestarts = 1)
        class App {
          private int value;
          private App(int start) { value = start; }
          App(String start) { this(start.length()); }
          App() {}
          int increment(int by) { return value += by; }
          public void reset() {}
          private void hidden() {}
          static void shared() {}
          int seven(int a, int b, int c, int d, int e, int f, int g) { return a; }
          @Remote static int task(int x) { return x; }
        }
        """;
    assertCompiles(
        app,
        """
        AppRemote app = AppRemote.create(1);
        app = AppRemote.create("1");
        app = AppRemote.create();
        app = AppRemote.create(given.number());
        app = AppRemote.create_String(given.text());
        app = AppRemote.options(o -> o.name("app").maxConcurrency(2)).create(1);
        ObjectRef<Integer> value = app.increment(1);
        value = app.increment(value);
        ObjectRef<Void> reset = app.reset();
        ActorHandle<App> handle = app.handle();
        AppRemote again = AppRemote.of(handle);
        ObjectRef<Integer> task = AppRemote.task(1);
        """);
    assertRejects(app, "AppRemote.create(1).hidden();");
    assertRejects(app, "AppRemote.create(1).shared();");
    assertRejects(app, "AppRemote.create(1).seven(1, 2, 3, 4, 5, 6, 7);");
    assertRejects(app, "AppRemote.options(o -> o.maxRetries(1));");
  }

  @Test
  void shouldFillTypesInWhenActorInherits() {
    assertCompiles(
        """
        @Remote
        class App<T extends Number> extends Holder<T, String> implements Greeting {
          App(T first) {}
          <U> U other(U x) { return x; }
        }
        abstract class Holder<A, B> {
          A swap(A x) { return x; }
          abstract static class Nothing {}
          B label() { return null; }
        }
        interface Greeting {
          default String greet(String name) { return name; }
        }
        """,
        """
        AppRemote<Integer> app = AppRemote.create(1);
        ObjectRef<Integer> before = app.swap(2);
        before = app.swap(before);
        ObjectRef<String> label = app.label();
        label = app.greet(label);
        ObjectRef<Long> other = app.other(5L);
        AppRemote<Integer> made = AppRemote.options(o -> o.numCpus(1)).create(given.number());
        ActorHandle<App<Integer>> handle = made.handle();
        """);
  }

  @Test
  void shouldRenameMethodWhenStubHasItsSignature() {
    assertCompiles(
        """
        @Remote
        class App {
          App(int start) {}
          String handle() { return ""; }
          int create(int x) { return x; }
          @Override public String toString() { return ""; }
          @Override public boolean equals(Object other) { return true; }
          @Override public int hashCode() { return 1; }
        }
        """,
        """
        AppRemote app = AppRemote.create(1);
        ObjectRef<String> handle = app.handle_();
        ObjectRef<Integer> created = app.create_(1);
        created = app.create_int(created);
        ObjectRef<String> text = app.toString_();
        ObjectRef<Boolean> same = app.equals_("x");
        created = app.hashCode_();
        """);
  }

  @Test
  void shouldJoinNamesWhenClassIsNested() {
    assertCompiles(
        """
        final class App {
          static class Inner {
            @Remote static class Counter { int get() { return 1; } }
            @Remote static int one() { return 1; }
          }
          record Point(int x) {}
          @Remote record Place(int x) { Point point() { return new Point(x); } }
        }
        """,
        """
        ObjectRef<Integer> got = App_Inner_CounterRemote.create().get();
        got = App_InnerRemote.one();
        ObjectRef<App.Point> point = App_PlaceRemote.create(1).point();
        got = App_PlaceRemote.create(1).x();
        """);
  }

  @Test
  void shouldBeAsVisibleAsClassWhenGenerated() throws IOException {
    String app =
        """
        public final class App {
          @Remote public static void open() {}
          @Remote static void closed() {}
          @Remote static class Counter {}
        }
        """;
    Compilation compilation = compile(app, "");
    assertThat(stub(compilation, "shop.AppRemote"))
        .contains("public final class AppRemote")
        .contains("public static ObjectRef<Void> open()")
        .contains("  static ObjectRef<Void> closed()");
    assertThat(stub(compilation, "shop.App_CounterRemote"))
        .contains("\nfinal class App_CounterRemote");
  }

  @Test
  void shouldWaitWhenTypeInSignatureIsGenerated() {
    assertCompiles(
        """
        final class App {
          @Remote static App_OtherRemote make() { return null; }
          @Remote static class Other {}
        }
        """,
        "ObjectRef<App_OtherRemote> made = AppRemote.make();");
  }

  @Test
  void shouldNameErasedSignatureWhenGenerated() throws IOException {
    Compilation compilation =
        compile(
            """
            final class App {
              @Remote static <T extends Number> void f(T a, List<String> b, int[] c, long d) {}
            }
            """,
            "");
    assertThat(stub(compilation, "shop.AppRemote"))
        .contains(
            "Stubs.task(App.class, \"f\", Number.class, List.class, int[].class, long.class)");
  }
}
