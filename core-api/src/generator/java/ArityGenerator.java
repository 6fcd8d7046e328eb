import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes the types of {@code core-api} that exist once per number of arguments, so that they are
 * neither typed nor committed by hand: {@code Func0..Func7}, {@code VoidFunc0..VoidFunc7}, {@code
 * Task0..Task6}, {@code ActorCreator0..6}, {@code ActorMethod0..6}, {@code ActorCalls} (the {@code
 * call} and {@code method} overloads of a handle) and {@code RemoteFactories} (the {@code task} and
 * {@code actor} overloads of {@code Mobula}).
 *
 * <p>Runs from source before the compiler does: {@code java ArityGenerator.java <output folder>}.
 * It uses the JDK alone, and writes a file only if its text changes, so that an incremental build
 * stays one.
 */
public final class ArityGenerator {
  private static final int ARGUMENTS_MAX = 6;
  private static final String API = "io.mobula.api";
  private static final String FUNCTION = "io.mobula.api.function";
  private static final String[] ORDINALS = {
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh"
  };

  private final Path outputFolder;

  private ArityGenerator(Path outputFolder) {
    this.outputFolder = outputFolder;
  }

  /**
   * Generates everything.
   *
   * @param arguments one: the folder that becomes the root of the generated packages
   * @throws IOException if a file can't be written
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 1) {
      throw new IllegalArgumentException("usage: java ArityGenerator.java <output folder>");
    }
    new ArityGenerator(Path.of(arguments[0])).generate();
  }

  private void generate() throws IOException {
    for (int n = 0; n <= ARGUMENTS_MAX + 1; n++) {
      write(FUNCTION, "Func" + n, function(n, false));
      write(FUNCTION, "VoidFunc" + n, function(n, true));
    }
    for (int n = 0; n <= ARGUMENTS_MAX; n++) {
      write(API, "Task" + n, task(n));
      write(API, "ActorCreator" + n, actorCreator(n));
      write(API, "ActorMethod" + n, actorMethod(n));
    }
    write(API, "ActorCalls", actorCalls());
    write(API, "RemoteFactories", remoteFactories());
  }

  // ---- functions
  // ---------------------------------------------------------------------------------------------------------------------------------

  private static String function(int n, boolean isVoid) {
    String name = (isVoid ? "VoidFunc" : "Func") + n;
    return """
    import java.io.Serializable;
    import javax.annotation.processing.Generated;
    import org.jspecify.annotations.Nullable;

    /**
     * A serializable function of %s that %s: what a method reference or lambda given to Mobula becomes.
     *
    %s */
    @Generated("ArityGenerator")
    @FunctionalInterface
    public interface %s%s extends RemoteFunction, Serializable {
      /**
       * Runs the function.
       *
    %s   * @throws Exception whatever the function throws; it reaches the caller as the cause of a {@code TaskException}
       */
      %s apply(%s) throws Exception;
    }
    """
        .formatted(
            countOf(n),
            isVoid ? "returns nothing" : "returns a value",
            typeDocs(n, isVoid ? "" : " * @param <R> the type of the result\n"),
            name,
            declared(types(n, isVoid ? List.of() : List.of("R"))),
            argumentDocs(n, 0) + (isVoid ? "" : "   * @return the result\n"),
            isVoid ? "void" : "R",
            parameters(n, 0))
        .replace("import org.jspecify.annotations.Nullable;\n", isVoid && n == 0 ? "" : NULLABLE);
  }

  private static final String NULLABLE = "import org.jspecify.annotations.Nullable;\n";

  // ---- task, actor creator, actor method
  // ---------------------------------------------------------------------------------------------------------

  private static String task(int n) {
    return callable(
        n,
        new Callable(
            "Task" + n,
            "A remote function of "
                + countOf(n)
                + ": {@link #remote} runs it somewhere in the cluster. Made by {@link Mobula#task},"
                + " needs no running session until it is called, and is immutable.",
            "R",
            "the type of the result",
            "TaskOverrides",
            "TaskOptions.Builder",
            "this task",
            "ObjectRef<R>",
            "Runs the function",
            "the future result",
            "submit",
            false));
  }

  private static String actorCreator(int n) {
    return callable(
        n,
        new Callable(
            "ActorCreator" + n,
            "The constructor of an actor class with "
                + countOf(n)
                + ": {@link #remote} creates an actor, in a process of its own, somewhere in the"
                + " cluster. Made by {@link Mobula#actor}, needs no running session until it is"
                + " called, and is immutable.",
            "T",
            "the actor's class",
            "ActorOverrides",
            "ActorOptions.Builder",
            "this constructor",
            "ActorHandle<T>",
            "Creates the actor",
            "a handle, at once: calls made before the actor is ready wait for it",
            "create",
            false));
  }

  private static String actorMethod(int n) {
    return callable(
        n,
        new Callable(
            "ActorMethod" + n,
            "One method of one actor, with "
                + countOf(n)
                + ", ready to be called with options of its own. Made by {@link"
                + " ActorHandle#method}; immutable.",
            "R",
            "the type of the result",
            "CallOptions",
            "CallOptions.Builder",
            "this method",
            "ObjectRef<R>",
            "Calls the method",
            "the future result",
            "call",
            true));
  }

  private static String callable(int n, Callable c) {
    List<String> types = types(n, List.of(c.resultType));
    String self = c.name + used(types);
    StringBuilder out = new StringBuilder();
    out.append(
        """
        import io.mobula.api.function.RemoteFunction;
        import io.mobula.api.spi.RemoteCallable;
        %simport java.util.function.Consumer;
        import javax.annotation.processing.Generated;
        import org.jspecify.annotations.Nullable;

        /**
         * %s
         *
        %s */
        @Generated("ArityGenerator")
        public final class %s%s%s {
        %s  private final RemoteCallable<%s> callable;

          %s(%sRemoteFunction function) {
            this(%snew RemoteCallable<>(function, %s.NONE));
          }

          private %s(%sRemoteCallable<%s> callable) {
        %s    this.callable = callable;
          }

          /**
           * Returns %s with other options; the ones not set keep their value.
           *
           * @param change sets options on the builder that it is given
           * @return a new object; this one does not change
           */
          public %s options(Consumer<? super %s> change) {
            return new %s<>(%sInvocation.with%s(callable, change));
          }
        """
            .formatted(
                c.hasActor
                    ? ""
                    : "import io.mobula.api.spi."
                        + c.overrides
                        + ";\nimport java.io.Serializable;\n",
                c.classDoc,
                typeDocs(n, " * @param <" + c.resultType + "> " + c.resultDoc + "\n"),
                c.name,
                declared(types),
                c.hasActor ? "" : " implements Serializable",
                c.hasActor
                    ? "  private final ActorHandle<?> actor;\n"
                    : "  private static final long serialVersionUID = 1L;\n\n",
                c.overrides,
                c.name,
                c.hasActor ? "ActorHandle<?> actor, " : "",
                c.hasActor ? "actor, " : "",
                c.overrides,
                c.name,
                c.hasActor ? "ActorHandle<?> actor, " : "",
                c.overrides,
                c.hasActor ? "    this.actor = actor;\n" : "",
                c.selfDoc,
                self,
                c.builder,
                c.name,
                c.hasActor ? "actor, " : "",
                c.overrides));
    for (int refMask = 0; refMask < 1 << n; refMask++) {
      out.append(
          """

            /**
             * %s%s.
             *
          %s   * @return %s
             */
            public %s remote(%s) {
              return Invocation.%s(%scallable, %s, %s);
            }
          """
              .formatted(
                  c.verbDoc,
                  mixDoc(n, refMask),
                  argumentDocs(n, refMask),
                  c.returnDoc,
                  c.returns,
                  parameters(n, refMask),
                  c.invocation,
                  c.hasActor ? "actor, " : "",
                  array(n),
                  mask(refMask)));
    }
    return out.append("}\n").toString();
  }

  // ---- the overloads of a handle
  // -----------------------------------------------------------------------------------------------------------------

  private static String actorCalls() {
    StringBuilder out = new StringBuilder();
    out.append(
        """
        %s
        import javax.annotation.processing.Generated;
        import org.jspecify.annotations.Nullable;

        /**
         * The calls that a handle offers: {@code call} for every number of arguments and every mix of values and refs, and {@code method} to set
         * options first. {@link ActorHandle} is the type to use.
         *
         * @param <T> the actor's class
         */
        @Generated("ArityGenerator")
        @SuppressWarnings("overloads")
        public sealed interface ActorCalls<T> permits ActorHandle {
        """
            .formatted(functionImports(1, ARGUMENTS_MAX + 1)));
    for (int n = 0; n <= ARGUMENTS_MAX; n++) {
      for (boolean isVoid : new boolean[] {false, true}) {
        out.append(methodFactory(n, isVoid));
        for (int refMask = 0; refMask < 1 << n; refMask++) {
          out.append(call(n, isVoid, refMask));
        }
      }
    }
    out.append(callForObject(false)).append(callForObject(true));
    return out.append("}\n").toString();
  }

  private static String call(int n, boolean isVoid, int refMask) {
    List<String> types = types(n, isVoid ? List.of() : List.of("R"));
    return """

      /**
       * Calls a method of the actor%s. Calls from one caller run in the order in which they were made.
       *
       * @param method the method, as in {@code Counter::increment}
    %s   * @return the future result%s
       */
      default %s%sObjectRef<%s> call(%s method%s) {
        return Invocation.call(this, method, %s, %s);
      }
    """
        .formatted(
            mixDoc(n, refMask),
            argumentDocs(n, refMask)
                + typeDocs(n, isVoid ? "" : " * @param <R> the type of the result\n")
                    .replace(" * @param", "   * @param"),
            isVoid ? ", which is null" : "",
            declared(types),
            types.isEmpty() ? "" : " ",
            isVoid ? "Void" : "R",
            actorFunction(n, isVoid),
            n == 0 ? "" : ", " + parameters(n, refMask),
            array(n),
            mask(refMask));
  }

  /**
   * With a parameter declared Object, the value and the ref overload both fit a ref, and the
   * compiler finds neither more specific. This overload is more specific than either. Its odd
   * bounds give it an erasure of its own.
   */
  private static String callForObject(boolean isVoid) {
    return """

      /**
       * Calls a method of the actor, whose parameter is declared {@code Object}, with a ref. Calls from one caller run in the order in which they were
       * made.
       *
       * @param method the method, as in {@code Box::set}
       * @param a a ref to the argument, resolved before the run
    %s   * @param <A> the type of the argument
       * @param <X> the type of the ref
       * @return the future result%s
       */
      default <%sA extends @Nullable Object, X extends Arg<A> & ObjectRef<A>> ObjectRef<%s> call(%s<T, Object%s> method, X a) {
        return Invocation.call(this, method, new @Nullable Object[] {a}, 0b1);
      }
    """
        .formatted(
            isVoid ? "" : "   * @param <R> the type of the result\n",
            isVoid ? ", which is null" : "",
            isVoid ? "" : "R extends @Nullable Object, ",
            isVoid ? "Void" : "R",
            isVoid ? "VoidFunc2" : "Func2",
            isVoid ? "" : ", R");
  }

  private static String methodFactory(int n, boolean isVoid) {
    List<String> types = types(n, isVoid ? List.of() : List.of("R"));
    return """

      /**
       * Prepares calls of one method, to set options on them.
       *
       * @param method the method, as in {@code Counter::increment}
    %s   * @return the method of this actor, without options
       */
      default %s%sActorMethod%d%s method(%s method) {
        return new ActorMethod%d<>(Invocation.handle(this), method);
      }
    """
        .formatted(
            typeDocs(n, isVoid ? "" : " * @param <R> the type of the result\n")
                .replace(" * @param", "   * @param"),
            declared(types),
            types.isEmpty() ? "" : " ",
            n,
            used(types(n, List.of(isVoid ? "Void" : "R"))),
            actorFunction(n, isVoid),
            n);
  }

  private static String actorFunction(int n, boolean isVoid) {
    List<String> types = new ArrayList<>(List.of("T"));
    types.addAll(types(n, isVoid ? List.of() : List.of("R")));
    return (isVoid ? "VoidFunc" : "Func") + (n + 1) + used(types);
  }

  // ---- the factories of Mobula
  // -------------------------------------------------------------------------------------------------------------------

  private static String remoteFactories() {
    StringBuilder out = new StringBuilder();
    out.append(
        """
        %s
        import javax.annotation.processing.Generated;
        import org.jspecify.annotations.Nullable;

        /** The {@code task} and {@code actor} factories of {@link Mobula}, once per number of arguments. */
        @Generated("ArityGenerator")
        @SuppressWarnings("overloads")
        abstract sealed class RemoteFactories permits Mobula {
          RemoteFactories() {}
        """
            .formatted(functionImports(0, ARGUMENTS_MAX)));
    for (int n = 0; n <= ARGUMENTS_MAX; n++) {
      String plain =
          "a method reference such as {@code App::work}, or a lambda that captures only what can be"
              + " serialized";
      out.append(
          factory(
              "task",
              "Task",
              "Func",
              "Makes a remote function of a method or lambda with %s. Needs no session.",
              n,
              "R",
              "R",
              plain));
      out.append(
          factory(
              "task",
              "Task",
              "VoidFunc",
              "Makes a remote function of a {@code void} method or lambda with %s. Needs no"
                  + " session.",
              n,
              "",
              "Void",
              plain));
      out.append(
          factory(
              "actor",
              "ActorCreator",
              "Func",
              "Makes an actor class creatable through a constructor (or a static factory method)"
                  + " with %s. Needs no session.",
              n,
              "T",
              "T",
              "a constructor reference such as {@code Counter::new}"));
    }
    return out.append("}\n").toString();
  }

  private static String factory(
      String method,
      String type,
      String function,
      String doc,
      int n,
      String declaredResult,
      String usedResult,
      String functionDoc) {
    List<String> types = types(n, declaredResult.isEmpty() ? List.of() : List.of(declaredResult));
    String resultDoc =
        switch (declaredResult) {
          case "R" -> " * @param <R> the type of the result\n";
          case "T" -> " * @param <T> the actor's class\n";
          default -> "";
        };
    return """

      /**
       * %s
       *
       * @param function %s
    %s   * @return what runs it remotely
       */
      public static %s%s%s%d%s %s(%s%d%s function) {
        return new %s%d<>(function);
      }
    """
        .formatted(
            doc.formatted(countOf(n)),
            functionDoc,
            typeDocs(n, resultDoc).replace(" * @param", "   * @param"),
            declared(types, declaredResult.equals("T")),
            types.isEmpty() ? "" : " ",
            type,
            n,
            used(types(n, List.of(usedResult))),
            method,
            function,
            n,
            used(types),
            type,
            n);
  }

  // ---- pieces of text
  // ----------------------------------------------------------------------------------------------------------------------------

  private static String countOf(int n) {
    return switch (n) {
      case 0 -> "no argument";
      case 1 -> "one argument";
      default -> n + " arguments";
    };
  }

  private static String letter(int i) {
    return String.valueOf((char) ('A' + i));
  }

  private static List<String> types(int n, List<String> more) {
    List<String> types = new ArrayList<>();
    IntStream.range(0, n).forEach(i -> types.add(letter(i)));
    types.addAll(more);
    return types;
  }

  private static String used(List<String> types) {
    return types.isEmpty() ? "" : "<" + String.join(", ", types) + ">";
  }

  private static String declared(List<String> types) {
    return declared(types, types.contains("T"));
  }

  /** Type parameters may be nullable, except an actor's class. */
  private static String declared(List<String> types, boolean isLastNonNull) {
    if (types.isEmpty()) {
      return "";
    }
    String last = types.getLast();
    return types.stream()
        .map(t -> isLastNonNull && t.equals(last) ? t : t + " extends @Nullable Object")
        .collect(Collectors.joining(", ", "<", ">"));
  }

  private static boolean isRef(int refMask, int i) {
    return (refMask >> i & 1) == 1;
  }

  private static String parameters(int n, int refMask) {
    return joined(
        n,
        i ->
            (isRef(refMask, i) ? "ObjectRef<? extends " + letter(i) + ">" : letter(i))
                + " "
                + letter(i).toLowerCase());
  }

  private static String array(int n) {
    return n == 0
        ? "Invocation.NO_ARGUMENTS"
        : "new @Nullable Object[] {" + joined(n, i -> letter(i).toLowerCase()) + "}";
  }

  private static String mask(int refMask) {
    return refMask == 0 ? "0" : "0b" + Integer.toBinaryString(refMask);
  }

  private static String joined(int n, IntFunction<String> piece) {
    return IntStream.range(0, n).mapToObj(piece).collect(Collectors.joining(", "));
  }

  private static String typeDocs(int n, String more) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < n; i++) {
      out.append(" * @param <%s> the type of the %s argument%n".formatted(letter(i), ORDINALS[i]));
    }
    return out.append(more).toString();
  }

  private static String argumentDocs(int n, int refMask) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < n; i++) {
      String what =
          isRef(refMask, i)
              ? "a ref to the %s argument, resolved before the run"
              : "the %s argument";
      out.append(
          "   * @param %s %s%n".formatted(letter(i).toLowerCase(), what.formatted(ORDINALS[i])));
    }
    return out.toString();
  }

  private static String mixDoc(int n, int refMask) {
    if (n == 0) {
      return " without arguments";
    }
    int refs = Integer.bitCount(refMask);
    return refs == 0 ? " with values" : refs == n ? " with refs" : " with a mix of values and refs";
  }

  private static String functionImports(int from, int to) {
    return IntStream.rangeClosed(from, to)
        .boxed()
        .flatMap(n -> List.of("Func" + n, "VoidFunc" + n).stream())
        .sorted()
        .map(name -> "import io.mobula.api.function." + name + ";")
        .collect(Collectors.joining("\n"));
  }

  private void write(String packageName, String typeName, String body) throws IOException {
    Path file = outputFolder.resolve(packageName.replace('.', '/')).resolve(typeName + ".java");
    String text = "package " + packageName + ";\n\n" + body.replace(" *\n */", " */");
    Files.createDirectories(file.getParent());
    if (!Files.exists(file) || !Files.readString(file).equals(text)) {
      Files.writeString(file, text);
    }
  }

  /** What differs between {@code TaskN}, {@code ActorCreatorN} and {@code ActorMethodN}. */
  private record Callable(
      String name,
      String classDoc,
      String resultType,
      String resultDoc,
      String overrides,
      String builder,
      String selfDoc,
      String returns,
      String verbDoc,
      String returnDoc,
      String invocation,
      boolean hasActor) {}
}
