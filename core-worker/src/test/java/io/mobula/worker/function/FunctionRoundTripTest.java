package io.mobula.worker.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.api.RemoteDefinitionException;
import io.mobula.api.function.Func1;
import io.mobula.api.function.NamedFunction;
import io.mobula.api.function.RemoteFunction;
import io.mobula.proto.FunctionDescriptor;
import io.mobula.worker.function.RemoteMethod.DefinitionProblem;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A function that is resolved here and found again by its name does what it did. */
final class FunctionRoundTripTest {
  private final FunctionResolver resolver = new FunctionResolver();

  /** As the API's function interfaces. */
  interface Unary<A, R> extends RemoteFunction {
    R apply(A argument) throws Exception;
  }

  /** As the API's function interfaces. */
  interface Binary<A, B, R> extends RemoteFunction {
    R apply(A first, B second) throws Exception;
  }

  static class Parent {
    private final int start;

    Parent(int start) {
      this.start = start;
    }

    int inherited(int more) {
      return start + more;
    }
  }

  static final class Child extends Parent {
    private Child(int start) {
      super(start * 10);
    }
  }

  static final class Broken {
    static final int NUMBER = fail();

    private static int fail() {
      throw new IllegalStateException("no number today");
    }

    static int number(int more) {
      return NUMBER + more;
    }
  }

  private static int twice(int number) {
    return 2 * number;
  }

  private static String twice(String text) {
    return text + text;
  }

  @Test
  void shouldInvokeAPrivateMethod() throws Throwable {
    Unary<Integer, Integer> function = FunctionRoundTripTest::twice;
    assertThat(invoke(function, 21)).isEqualTo(42);
  }

  @Test
  void shouldTellOverloadsApart() throws Throwable {
    Unary<String, String> function = FunctionRoundTripTest::twice;
    assertThat(invoke(function, "ab")).isEqualTo("abab");
    assertThat(
            invoke(new NamedFunction(FunctionRoundTripTest.class, "twice", List.of(int.class)), 4))
        .isEqualTo(8);
  }

  @Test
  void shouldInvokeAPrivateConstructor() throws Throwable {
    Unary<Integer, Child> function = Child::new;
    assertThat(invoke(function, 3))
        .isInstanceOfSatisfying(Child.class, child -> assertThat(child.inherited(4)).isEqualTo(34));
    assertThat(resolver.resolve(function).target().displayName()).isEqualTo("Child");
  }

  @Test
  void shouldInvokeAnInheritedMethodWithTheReceiverFirst() throws Throwable {
    Binary<Child, Integer, Integer> function = Child::inherited;
    assertThat(invoke(function, new Child(1), 5)).isEqualTo(15);
  }

  @Test
  void shouldPutWhatALambdaCapturedBeforeItsArguments() throws Throwable {
    for (int captured = 1; captured <= 2; captured++) {
      int more = captured;
      Unary<Integer, Integer> function = number -> number * 100 + more;
      assertThat(invoke(function, 7)).isEqualTo(700 + captured);
    }
  }

  @Test
  void shouldResolveOnceWhenNothingIsCaptured() {
    Unary<Integer, Integer> function = FunctionRoundTripTest::twice;
    assertThat(resolver.resolve(function)).isSameAs(resolver.resolve(function));
  }

  @Test
  void shouldSayThatTheStubIsOldWhenAMethodIsNoLongerThere() {
    NamedFunction function =
        new NamedFunction(FunctionRoundTripTest.class, "thrice", List.of(int.class));
    assertThatThrownBy(() -> resolver.resolve(function))
        .isInstanceOf(RemoteDefinitionException.class)
        .hasMessageContaining("thrice")
        .hasMessageContaining("compile both again");
  }

  @Test
  void shouldNameTheClassWhenTheWorkerLacksIt() {
    assertThatThrownBy(method("com.example.Absent", "run", "()V")::handle)
        .isInstanceOf(DefinitionProblem.class)
        .hasMessageContaining("class=com.example.Absent")
        .hasMessageContaining("driver's class path");
  }

  @Test
  void shouldNameTheMethodWhenTheWorkersClassIsAnotherVersion() {
    assertThatThrownBy(method(Child.class.getName(), "removed", "(I)I")::handle)
        .isInstanceOf(DefinitionProblem.class)
        .hasMessageContaining("removed(I)I")
        .hasMessageContaining("another version");
  }

  @Test
  void shouldSayWhyEachTimeWhenAClassCantBeInitialized() {
    for (int attempt = 0; attempt < 2; attempt++) {
      assertThatThrownBy(method(Broken.class.getName(), "number", "(I)I")::handle)
          .isInstanceOf(DefinitionProblem.class)
          .hasMessageContaining("can't be initialized")
          .hasMessageContaining("no number today");
    }
  }

  private static RemoteMethod method(String className, String name, String signature) {
    return new RemoteMethod(
        FunctionDescriptor.newBuilder()
            .setClassName(className)
            .setMethodName(name)
            .setSignature(signature)
            .build(),
        FunctionRoundTripTest.class.getClassLoader());
  }

  @Test
  void shouldNameParameterWhenNullCannotBeInIt() throws Throwable {
    Func1<Integer, Integer> function = FunctionRoundTripTest::twice;
    RemoteMethod method =
        new RemoteMethod(
            resolver.resolve(function).target().descriptor(),
            FunctionRoundTripTest.class.getClassLoader());
    method.handle();
    assertThatThrownBy(() -> method.checkArguments(new @Nullable Object[] {null}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "null for a parameter that can't be null: method=FunctionRoundTripTest.twice,"
                + " parameter=1, type=int");
    method.checkArguments(new @Nullable Object[] {2});
  }

  private @Nullable Object invoke(RemoteFunction function, Object... arguments) throws Throwable {
    ResolvedFunction resolved = resolver.resolve(function);
    @Nullable Object[] all = new @Nullable Object[resolved.captured().length + arguments.length];
    System.arraycopy(resolved.captured(), 0, all, 0, resolved.captured().length);
    System.arraycopy(arguments, 0, all, resolved.captured().length, arguments.length);
    return new RemoteMethod(
            resolved.target().descriptor(), FunctionRoundTripTest.class.getClassLoader())
        .handle()
        .invoke(all);
  }
}
