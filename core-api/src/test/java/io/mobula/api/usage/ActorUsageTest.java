package io.mobula.api.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.api.ActorCreator1;
import io.mobula.api.ActorHandle;
import io.mobula.api.ActorMethod1;
import io.mobula.api.CallOptions;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Remote;
import io.mobula.api.function.Func2;
import io.mobula.api.spi.ActorOverrides;
import io.mobula.api.spi.RuntimeHolder;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What programs write about actors compiles, and hands the runtime the right function, arguments
 * and mask.
 */
final class ActorUsageTest {
  private final RecordingRuntime runtime = new RecordingRuntime();
  private final ObjectRef<Integer> ref = FakeRef.of("ref", 3);
  private final ActorHandle<Counter> counter = new FakeHandle<>("counter");

  /** What counters have in common. */
  abstract static class Named {
    String name() {
      return "name";
    }
  }

  @Remote(maxRestarts = 1)
  static class Counter extends Named {
    private int value;

    Counter(int start) {
      value = start;
    }

    private int increment(int by) {
      return value += by;
    }

    int get() {
      return value;
    }

    void reset() {
      value = 0;
    }

    private void set(Integer to) {
      value = to;
    }

    void put(Object anything) {
      value = anything.hashCode();
    }

    boolean has(@Nullable Object anything) {
      return anything != null;
    }

    void add(Object anything, int times) {
      value += anything.hashCode() * times;
    }

    String follow(ObjectRef<Integer> number) {
      return number.id();
    }

    int sum(int a, long b, double c, Integer d, Number e, List<Integer> f) {
      return (int) (a + b + c + d + e.intValue() + f.size());
    }

    void serial(Serializable anything) {
      value = anything.hashCode();
    }
  }

  /** A generic actor. */
  static class Box<T> {
    private T content;

    Box(T content) {
      this.content = content;
    }

    T swap(T other) {
      T before = content;
      content = other;
      return before;
    }
  }

  @BeforeEach
  void install() {
    RuntimeHolder.install(runtime);
  }

  @AfterEach
  void clear() {
    RuntimeHolder.clear(runtime);
  }

  private void assertLast(RecordingRuntime.Kind kind, int refMask, Object... arguments) {
    assertThat(runtime.last().kind()).isEqualTo(kind);
    assertThat(runtime.last().refMask()).isEqualTo(refMask);
    assertThat(runtime.last().arguments()).containsExactly(arguments);
  }

  private void assertCall(int refMask, Object... arguments) {
    assertLast(RecordingRuntime.Kind.CALL, refMask, arguments);
    assertThat(runtime.last().actor()).isEqualTo(counter);
  }

  @Test
  void shouldCreateWhenGivenConstructor() {
    ActorCreator1<Integer, Counter> create = Mobula.actor(Counter::new);
    ActorHandle<Counter> made = create.options(o -> o.name("counter")).remote(10);
    assertLast(RecordingRuntime.Kind.CREATE, 0, 10);
    assertThat(runtime.last().options())
        .isEqualTo(new ActorOverrides(null, null, null, "counter", null, null, null, null));
    create.remote(ref);
    assertLast(RecordingRuntime.Kind.CREATE, 1, ref);
    assertThat(made.id()).isNotEmpty();
  }

  @Test
  void shouldCreateWhenClassIsGeneric() {
    ActorHandle<Box<String>> box = Mobula.actor(Box<String>::new).remote("a");
    ObjectRef<String> before = box.call(Box<String>::swap, "b");
    assertThat(before.isReady()).isFalse();
    assertThat(runtime.last().actor()).isEqualTo(box);
    box.call(Box<String>::swap, before);
    assertThat(runtime.last().refMask()).isEqualTo(1);
  }

  @Test
  void shouldCallWhenMethodHasNoParameter() {
    ObjectRef<Integer> value = counter.call(Counter::get);
    assertCall(0);
    ObjectRef<Void> done = counter.call(Counter::reset);
    assertThat(done).isNotEqualTo(value);
    ObjectRef<String> name = counter.call(Counter::name);
    assertThat(name).isNotEqualTo(value);
    ObjectRef<String> inherited = counter.call(Named::name);
    assertThat(inherited).isNotEqualTo(name);
  }

  @Test
  void shouldPassValueOrRefWhenMethodIsPrivate() {
    ObjectRef<Integer> one = counter.call(Counter::increment, 1);
    assertCall(0, 1);
    counter.call(Counter::increment, one);
    assertCall(1, one);
    ObjectRef<Void> set = counter.call(Counter::set, 1);
    assertCall(0, 1);
    counter.call(Counter::set, ref);
    assertCall(1, ref);
    assertThat(set).isNotEqualTo(one);
  }

  @Test
  void shouldResolveRefWhenParameterIsObject() {
    ObjectRef<Void> put = counter.call(Counter::put, "text");
    assertCall(0, "text");
    counter.call(Counter::put, put);
    assertCall(1, put);
    ObjectRef<Boolean> has = counter.call(Counter::has, ref);
    assertCall(1, ref);
    counter.call(Counter::has, 5);
    assertCall(0, 5);
    ObjectRef<? extends Number> wild = ref;
    counter.call(Counter::has, wild);
    assertCall(1, wild);
    counter.call(Counter::serial, ref);
    assertCall(1, ref);
    assertThat(has.isReady()).isFalse();
  }

  @Test
  void shouldResolveRefByMethodWhenCallWouldBeAmbiguous() {
    counter.method(Counter::add).remote(ref, 2);
    assertLast(RecordingRuntime.Kind.CALL_WITH_OPTIONS, 1, ref, 2);
    counter.call(Counter::add, "x", ref);
    assertCall(0b10, "x", ref);
  }

  @Test
  void shouldPassRefAsValueWhenParameterIsRef() {
    counter.call(Counter::follow, ref);
    assertCall(0, ref);
    ObjectRef<ObjectRef<Integer>> refOfRef = FakeRef.of("outer", ref);
    counter.call(Counter::follow, refOfRef);
    assertCall(1, refOfRef);
  }

  @Test
  void shouldTakeAnyMixWhenThereAreSixParameters() {
    counter.call(Counter::sum, 1, 2L, 3.0, 4, 5, List.of(6));
    assertCall(0, 1, 2L, 3.0, 4, 5, List.of(6));
    counter.call(Counter::sum, ref, 2L, 3.0, ref, ref, List.of(6));
    assertCall(0b011001, ref, 2L, 3.0, ref, ref, List.of(6));
  }

  @Test
  void shouldCarryOptionsWhenMethodIsPrepared() {
    ActorMethod1<Integer, Integer> increment = counter.method(Counter::increment);
    ObjectRef<Integer> result = increment.options(o -> o.name("inc")).remote(1);
    assertLast(RecordingRuntime.Kind.CALL_WITH_OPTIONS, 0, 1);
    assertThat(runtime.last().options()).isEqualTo(new CallOptions("inc"));
    increment.remote(result);
    assertLast(RecordingRuntime.Kind.CALL_WITH_OPTIONS, 1, result);
    ObjectRef<Void> reset = counter.method(Counter::reset).remote();
    assertThat(reset).isNotEqualTo(result);
  }

  @Test
  void shouldTakeLambdaWhenItNamesTheActor() {
    counter.call((Counter c, Integer by) -> c.increment(by) + 1, 2);
    assertCall(0, 2);
    Func2<Counter, Integer, Integer> picked = Counter::increment;
    counter.call(picked, 3);
    assertCall(0, 3);
  }

  @Test
  void shouldNotRestartWhenKilledWithoutArgument() {
    FakeHandle<Counter> handle = new FakeHandle<>("killed");
    handle.kill();
    handle.kill(true);
    assertThat(handle.kills()).containsExactly(false, true);
  }
}
