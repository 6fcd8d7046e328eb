package io.mobula.api.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.api.Isolation;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Task0;
import io.mobula.api.Task1;
import io.mobula.api.Task2;
import io.mobula.api.Task6;
import io.mobula.api.function.Func1;
import io.mobula.api.function.Func2;
import io.mobula.api.spi.RuntimeHolder;
import io.mobula.api.spi.TaskOverrides;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What programs write about tasks compiles, and hands the runtime the right function, arguments and
 * mask.
 */
final class TaskUsageTest {
  private static final Task1<Integer, Integer> SQUARE = Mobula.task(TaskUsageTest::square);

  private final RecordingRuntime runtime = new RecordingRuntime();
  private final ObjectRef<Integer> ref = FakeRef.of("ref", 3);

  private static int square(int x) {
    return x * x;
  }

  static String greet(String name) {
    return "hello " + name;
  }

  private static void log(String line) {
    assertThat(line).isNotNull();
  }

  private static void nothing() {}

  private static int answer() {
    return 42;
  }

  private static int add(int a, long b) {
    return a + (int) b;
  }

  static String show(Object anything) {
    return String.valueOf(anything);
  }

  private static String later(ObjectRef<Integer> number) {
    return "ref " + number.id();
  }

  private static int six(int a, Integer b, String c, List<String> d, Number e, double f) {
    return a + b + c.length() + d.size() + e.intValue() + (int) f;
  }

  private static int overloaded(int x) {
    return x;
  }

  private static int overloaded(String x) {
    return x.length();
  }

  private static <T extends Comparable<T>> T max(T a, T b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  @BeforeEach
  void install() {
    RuntimeHolder.install(runtime);
  }

  @AfterEach
  void clear() {
    RuntimeHolder.clear(runtime);
  }

  private void assertLast(int refMask, Object... arguments) {
    assertThat(runtime.last().kind()).isEqualTo(RecordingRuntime.Kind.TASK);
    assertThat(runtime.last().refMask()).isEqualTo(refMask);
    assertThat(runtime.last().arguments()).containsExactly(arguments);
  }

  @Test
  void shouldPassValueOrRefWhenParameterIsPrimitive() {
    ObjectRef<Integer> nine = SQUARE.remote(3);
    assertLast(0, 3);
    ObjectRef<Integer> again = SQUARE.remote(nine);
    assertLast(1, nine);
    assertThat(again).isNotEqualTo(nine);
  }

  @Test
  void shouldSubmitFromStreamWhenGivenAsMethodReference() {
    List<ObjectRef<Integer>> squares = IntStream.range(0, 4).mapToObj(SQUARE::remote).toList();
    assertThat(squares).hasSize(4).doesNotHaveDuplicates();
    List<ObjectRef<Integer>> ofSquares = squares.stream().map(SQUARE::remote).toList();
    assertThat(ofSquares).hasSize(4);
    assertThat(runtime.last().refMask()).isEqualTo(1);
  }

  @Test
  void shouldTakeAnyMixWhenThereAreTwoParameters() {
    Task2<Integer, Long, Integer> add = Mobula.task(TaskUsageTest::add);
    ObjectRef<Long> longRef = FakeRef.of("long", 1L);
    add.remote(1, 2L);
    assertLast(0, 1, 2L);
    add.remote(ref, 2L);
    assertLast(0b01, ref, 2L);
    add.remote(1, longRef);
    assertLast(0b10, 1, longRef);
    add.remote(ref, longRef);
    assertLast(0b11, ref, longRef);
  }

  @Test
  void shouldTakeRefOfSubtypeWhenParameterIsSupertype() {
    Task6<Integer, Integer, String, List<String>, Number, Double, Integer> six =
        Mobula.task(TaskUsageTest::six);
    six.remote(1, ref, "c", List.of("d"), ref, 2.5);
    assertLast(0b010010, 1, ref, "c", List.of("d"), ref, 2.5);
  }

  @Test
  void shouldReturnVoidRefWhenMethodIsVoid() {
    Task1<String, Void> log = Mobula.task(TaskUsageTest::log);
    ObjectRef<Void> logged = log.remote("line");
    assertLast(0, "line");
    Task0<Void> nothing = Mobula.task(TaskUsageTest::nothing);
    assertThat(nothing.remote()).isNotEqualTo(logged);
    assertLast(0);
  }

  @Test
  void shouldChooseResultWhenMethodHasOne() {
    Task0<Integer> answer = Mobula.task(TaskUsageTest::answer);
    ObjectRef<Integer> number = answer.remote();
    assertThat(number.isReady()).isFalse();
  }

  @Test
  void shouldTakeLambdaWhenItCapturesValues() {
    int base = 10;
    ObjectRef<Integer> sum = Mobula.task(() -> base + 1).remote();
    ObjectRef<Integer> product = Mobula.task((Integer x) -> x * base).remote(2);
    assertThat(sum).isNotEqualTo(product);
    ObjectRef<Void> ran = Mobula.task(() -> {}).remote();
    assertThat(ran.isReady()).isFalse();
  }

  @Test
  void shouldResolveRefWhenParameterIsObject() {
    Task1<Object, String> show = Mobula.task(TaskUsageTest::show);
    show.remote("text");
    assertLast(0, "text");
    show.remote(ref);
    assertLast(1, ref);
  }

  @Test
  void shouldPassRefAsValueWhenParameterIsRef() {
    Task1<ObjectRef<Integer>, String> later = Mobula.task(TaskUsageTest::later);
    later.remote(ref);
    assertLast(0, ref);
    ObjectRef<ObjectRef<Integer>> refOfRef = FakeRef.of("outer", ref);
    later.remote(refOfRef);
    assertLast(1, refOfRef);
  }

  @Test
  void shouldRefuseWhenRefIsNull() {
    Task1<Object, String> show = Mobula.task(TaskUsageTest::show);
    assertThatThrownBy(() -> show.remote(nullRef()))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("argument 1 is a null ref")
        .hasMessageContaining("(Object) null");
  }

  @SuppressWarnings("NullAway") // What a program without null checks passes.
  private static ObjectRef<Object> nullRef() {
    return null;
  }

  @Test
  void shouldPickOverloadWhenCast() {
    Task1<String, Integer> ofString =
        Mobula.task((Func1<String, Integer>) TaskUsageTest::overloaded);
    Task1<Integer, Integer> ofInt =
        Mobula.task((Func1<Integer, Integer>) TaskUsageTest::overloaded);
    ofString.remote("x");
    assertLast(0, "x");
    ofInt.remote(1);
    assertLast(0, 1);
  }

  @Test
  void shouldTakeGenericMethodWhenCast() {
    Task2<String, String, String> max =
        Mobula.task((Func2<String, String, String>) TaskUsageTest::max);
    max.remote("a", "b");
    assertLast(0, "a", "b");
  }

  @Test
  void shouldAddUpOptionsWhenSetRepeatedly() {
    Task1<Integer, Integer> changed =
        SQUARE.options(o -> o.numCpus(2).name("square")).options(o -> o.maxRetries(0));
    changed.options(o -> o.isolation(Isolation.PROCESS)).remote(1);
    assertThat(runtime.last().options())
        .isEqualTo(new TaskOverrides(2.0, null, null, "square", 0, Isolation.PROCESS));
    changed.remote(1);
    assertThat(runtime.last().options())
        .isEqualTo(new TaskOverrides(2.0, null, null, "square", 0, null));
    SQUARE.remote(1);
    assertThat(runtime.last().options()).isEqualTo(TaskOverrides.NONE);
  }

  @Test
  void shouldTakeInstanceMethodWhenObjectIsTheFirstArgument() {
    Task1<String, Integer> length = Mobula.task(String::length);
    length.remote("abc");
    assertLast(0, "abc");
    Mobula.task(TaskUsageTest::greet).remote("you");
    assertLast(0, "you");
  }
}
