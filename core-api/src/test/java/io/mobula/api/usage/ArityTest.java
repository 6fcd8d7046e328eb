package io.mobula.api.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.api.ActorCalls;
import io.mobula.api.ActorHandle;
import io.mobula.api.ObjectRef;
import io.mobula.api.spi.RuntimeHolder;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Calls every generated overload once, by reflection: there is one for each mix, and each hands
 * over what it was given.
 */
final class ArityTest {
  private static final int ARGUMENTS_MAX = 6;

  private final RecordingRuntime runtime = new RecordingRuntime();
  private final ActorHandle<Object> actor = new FakeHandle<>("actor");

  @BeforeEach
  void install() {
    RuntimeHolder.install(runtime);
  }

  @AfterEach
  void clear() {
    RuntimeHolder.clear(runtime);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
  void shouldHandOverEveryMixWhenTaskHasThatManyParameters(int n) throws Exception {
    Object task = staticFactory("task", "Func" + n);
    assertEveryMix(task, methodsNamed(task.getClass(), "remote"), n, List.of());
    Object voidTask = staticFactory("task", "VoidFunc" + n);
    assertThat(voidTask.getClass()).isEqualTo(task.getClass());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
  void shouldHandOverEveryMixWhenConstructorHasThatManyParameters(int n) throws Exception {
    Object creator = staticFactory("actor", "Func" + n);
    assertEveryMix(creator, methodsNamed(creator.getClass(), "remote"), n, List.of());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
  void shouldHandOverEveryMixWhenActorMethodHasThatManyParameters(int n) throws Exception {
    for (String kind : List.of("Func", "VoidFunc")) {
      Class<?> function = Class.forName("io.mobula.api.function." + kind + (n + 1));
      Object method =
          ActorCalls.class.getMethod("method", function).invoke(actor, functionOf(function));
      assertEveryMix(method, methodsNamed(method.getClass(), "remote"), n, List.of());
      List<Method> calls =
          methodsNamed(ActorCalls.class, "call").stream()
              .filter(m -> m.getParameterTypes()[0] == function)
              .filter(m -> m.getParameterCount() < 2 || !isOverloadForObject(m))
              .toList();
      assertEveryMix(actor, calls, n, List.of(functionOf(function)));
    }
  }

  @Test
  void shouldHaveNoOtherOverloadWhenAllAreCounted() {
    int mixes = IntStream.rangeClosed(0, ARGUMENTS_MAX).map(n -> 1 << n).sum();
    int forObject = 2;
    assertThat(methodsNamed(ActorCalls.class, "call")).hasSize(2 * mixes + forObject);
    assertThat(methodsNamed(ActorCalls.class, "method")).hasSize(2 * (ARGUMENTS_MAX + 1));
  }

  private static boolean isOverloadForObject(Method call) {
    return call.getParameterTypes()[1].getSimpleName().equals("Arg");
  }

  private void assertEveryMix(Object target, List<Method> overloads, int n, List<Object> leading)
      throws Exception {
    Set<Integer> masks = new HashSet<>();
    for (Method overload : overloads) {
      List<Class<?>> types =
          Arrays.asList(overload.getParameterTypes()).subList(leading.size(), leading.size() + n);
      List<Object> arguments = IntStream.range(0, n).mapToObj(i -> argument(types, i)).toList();
      invoke(target, overload, Stream.concat(leading.stream(), arguments.stream()).toList());
      assertThat(runtime.last().arguments()).containsExactlyElementsOf(arguments);
      assertThat(runtime.last().refMask()).isEqualTo(maskOf(types));
      masks.add(maskOf(types));
    }
    assertThat(masks).hasSize(1 << n).hasSameSizeAs(overloads);
  }

  private static Object argument(List<Class<?>> types, int i) {
    return types.get(i) == ObjectRef.class ? FakeRef.of("ref-" + i, i) : "value-" + i;
  }

  private static int maskOf(List<Class<?>> types) {
    return IntStream.range(0, types.size())
        .filter(i -> types.get(i) == ObjectRef.class)
        .map(i -> 1 << i)
        .sum();
  }

  private static List<Method> methodsNamed(Class<?> type, String name) {
    return Arrays.stream(type.getMethods()).filter(m -> m.getName().equals(name)).toList();
  }

  private static Object staticFactory(String name, String function) throws Exception {
    Class<?> type = Class.forName("io.mobula.api.function." + function);
    Method factory = Class.forName("io.mobula.api.Mobula").getMethod(name, type);
    // Declared in a superclass that is not public, as the compiler sees through and reflection does
    // not.
    factory.setAccessible(true);
    return invoke(null, factory, List.of(functionOf(type)));
  }

  private static Object invoke(@Nullable Object target, Method method, List<Object> arguments)
      throws IllegalAccessException, InvocationTargetException {
    return method.invoke(target, new ArrayList<>(arguments).toArray());
  }

  private static Object functionOf(Class<?> type) {
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> {
          throw new AssertionError("nothing runs here");
        });
  }
}
