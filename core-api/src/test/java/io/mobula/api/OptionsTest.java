package io.mobula.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mobula.api.spi.ActorOverrides;
import io.mobula.api.spi.TaskOverrides;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Options merge as documented, exist under the same name in both places, and refuse bad values with
 * the fix.
 */
final class OptionsTest {
  private final TaskOptions.Builder task = new TaskOptions.Builder(TaskOverrides.NONE);
  private final ActorOptions.Builder actor = new ActorOptions.Builder(ActorOverrides.NONE);

  @Remote(
      numCpus = 2,
      memoryBytes = 64,
      resources = @Resource(name = "gpu", amount = 0.5),
      name = "annotated",
      maxRetries = -1,
      isolation = Isolation.PROCESS)
  private static final class AnnotatedTask {}

  @Remote(
      numCpus = 0.5,
      memoryBytes = 64,
      resources = @Resource(name = "gpu", amount = 1),
      name = "annotated",
      namespace = "space",
      maxRestarts = -1,
      maxTaskRetries = 2,
      maxConcurrency = 8)
  private static final class AnnotatedActor {}

  @Remote
  private static final class Plain {}

  @Remote(numCpus = -2)
  private static final class Negative {}

  @Remote(resources = {@Resource(name = "a", amount = 1), @Resource(name = "a", amount = 2)})
  private static final class Doubled {}

  private static Remote on(Class<?> type) {
    return type.getAnnotation(Remote.class);
  }

  private static void assertRefused(String text, ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.OPTION_INVALID))
        .hasMessageContaining(text);
  }

  @Test
  void shouldHaveDefaultsWhenNothingIsSet() {
    TaskOptions taskDefaults = new TaskOptions(1, 0, Map.of(), null, 3, Isolation.SHARED);
    assertThat(TaskOptions.merge(null, TaskOverrides.NONE)).isEqualTo(taskDefaults);
    assertThat(TaskOptions.merge(on(Plain.class), TaskOverrides.NONE)).isEqualTo(taskDefaults);
    ActorOptions actorDefaults = new ActorOptions(0, 0, Map.of(), null, null, 0, 0, 1);
    assertThat(ActorOptions.merge(null, ActorOverrides.NONE)).isEqualTo(actorDefaults);
    assertThat(ActorOptions.merge(on(Plain.class), ActorOverrides.NONE)).isEqualTo(actorDefaults);
  }

  @Test
  void shouldTakeAnnotationWhenNothingElseIsSet() {
    assertThat(TaskOptions.merge(on(AnnotatedTask.class), TaskOverrides.NONE))
        .isEqualTo(new TaskOptions(2, 64, Map.of("gpu", 0.5), "annotated", -1, Isolation.PROCESS));
    assertThat(ActorOptions.merge(on(AnnotatedActor.class), ActorOverrides.NONE))
        .isEqualTo(new ActorOptions(0.5, 64, Map.of("gpu", 1.0), "annotated", "space", -1, 2, 8));
  }

  @Test
  void shouldReplaceAnnotationWhenOptionsAreSet() {
    TaskOverrides taskSet =
        task.numCpus(0)
            .memoryBytes(1)
            .resources(Map.of("ssd", 1.0))
            .name("set")
            .maxRetries(0)
            .isolation(Isolation.SHARED)
            .build();
    assertThat(TaskOptions.merge(on(AnnotatedTask.class), taskSet))
        .isEqualTo(new TaskOptions(0, 1, Map.of("ssd", 1.0), "set", 0, Isolation.SHARED));
    ActorOverrides actorSet =
        actor
            .numCpus(1)
            .memoryBytes(1)
            .resources(Map.of())
            .name("set")
            .namespace("other")
            .maxRestarts(0)
            .maxTaskRetries(0)
            .maxConcurrency(1)
            .build();
    assertThat(ActorOptions.merge(on(AnnotatedActor.class), actorSet))
        .isEqualTo(new ActorOptions(1, 1, Map.of(), "set", "other", 0, 0, 1));
  }

  @Test
  void shouldKeepAnnotationWhenOnlyOtherOptionsAreSet() {
    TaskOptions merged = TaskOptions.merge(on(AnnotatedTask.class), task.name("set").build());
    assertThat(merged)
        .isEqualTo(new TaskOptions(2, 64, Map.of("gpu", 0.5), "set", -1, Isolation.PROCESS));
  }

  @Test
  void shouldHaveSameNamesInBothPlaces() {
    Set<String> annotation = methodNames(Remote.class);
    Set<String> builders =
        Stream.of(TaskOptions.Builder.class, ActorOptions.Builder.class)
            .flatMap(b -> methodNames(b).stream())
            .filter(name -> !name.equals("build"))
            .collect(Collectors.toSet());
    assertThat(annotation).isEqualTo(builders);
  }

  private static Set<String> methodNames(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(m -> !m.isSynthetic())
        .map(m -> m.getName())
        .collect(Collectors.toSet());
  }

  @Test
  void shouldAcceptAmountsWhenTheyAreInSteps() {
    for (double amount : new double[] {0, 0.0001, 0.3, 0.9999, 1, 2, 128}) {
      task.numCpus(amount);
      actor.numCpus(amount);
    }
  }

  @Test
  void shouldNameFixWhenAmountIsRefused() {
    assertRefused("numCpus=-1.0: give 0 or more", () -> task.numCpus(-1));
    assertRefused("give 0 or more", () -> actor.numCpus(Double.NaN));
    assertRefused("give 0 or more", () -> actor.numCpus(Double.POSITIVE_INFINITY));
    assertRefused(
        "numCpus=1.5: amounts above 1 must be whole, so give 1 or 2", () -> task.numCpus(1.5));
    assertRefused("round it to 4 digits", () -> task.numCpus(0.00005));
    assertRefused("resources[gpu]=-1.0", () -> task.resources(Map.of("gpu", -1.0)));
    assertRefused("use numCpus", () -> task.resources(Map.of("CPU", 1.0)));
    assertRefused("use memoryBytes", () -> actor.resources(Map.of("memory", 1.0)));
    assertRefused("not empty", () -> actor.resources(Map.of(" ", 1.0)));
  }

  @Test
  void shouldNameFixWhenOtherValueIsRefused() {
    assertRefused("memoryBytes=-1: give 0 or more bytes", () -> task.memoryBytes(-1));
    assertRefused("give at most 512 TiB", () -> task.memoryBytes(1L << 50));
    assertRefused("give at most 512 TiB", () -> actor.memoryBytes(Long.MAX_VALUE));
    assertRefused("numCpus=1.0E10: give at most 2147483647", () -> task.numCpus(1e10));
    assertRefused("maxRetries=-2: give 0 or more, or -1 for no limit", () -> task.maxRetries(-2));
    assertRefused("maxRestarts=-2", () -> actor.maxRestarts(-2));
    assertRefused("maxTaskRetries=-2", () -> actor.maxTaskRetries(-2));
    assertRefused("maxConcurrency=0: give 1 or more", () -> actor.maxConcurrency(0));
    assertRefused("name=\"\": give a name that is not empty", () -> task.name(""));
    assertRefused("namespace=", () -> actor.namespace(" "));
    assertRefused("name=", () -> new CallOptions.Builder(CallOptions.NONE).name(""));
  }

  @Test
  void shouldNameFixWhenAnnotationIsRefused() {
    assertRefused(
        "numCpus=-2.0: give 0 or more",
        () -> TaskOptions.merge(on(Negative.class), TaskOverrides.NONE));
    assertRefused(
        "name each resource once",
        () -> ActorOptions.merge(on(Doubled.class), ActorOverrides.NONE));
  }

  @Test
  void shouldTakeInitOptionsWhenTheyFit() {
    InitOptions embedded =
        InitOptions.of(o ->
            o.numCpus(4)
                .memoryBytes(1)
                .resources(Map.of("gpu", 1.0))
                .objectStoreBytes(2)
                .logToDriver(false)
                .namespace("ns")
                .token("secret")
                .config("raylet.heartbeat", "1s")
                .workerJvmOptions(List.of("-Xmx1g"))
                .workerSystemProperties(Map.of("a", "b"))
                .workerSystemProperties(Map.of("c", "")));
    assertThat(embedded)
        .isEqualTo(
            new InitOptions(
                null,
                "secret",
                "ns",
                4.0,
                1L,
                Map.of("gpu", 1.0),
                2L,
                false,
                Map.of("raylet.heartbeat", "1s"),
                List.of("-Xmx1g"),
                Map.of("a", "b", "c", ""),
                false));
    assertThat(InitOptions.of(o -> o.address("[::1]:6379")).address()).isEqualTo("[::1]:6379");
    assertThat(InitOptions.of(o -> {}).isLogToDriver()).isTrue();
  }

  @Test
  void shouldHideSecretWhenInitOptionsArePrinted() {
    assertThat(
            InitOptions.of(o ->
                    o.token("hunter2").workerSystemProperties(Map.of("db.password", "hunter3")))
                .toString())
        .contains("db.password")
        .doesNotContain("hunter");
  }

  @Test
  void shouldNameFixWhenInitOptionIsRefused() {
    for (String address :
        new String[] {"head", "head:", ":6379", "head:0", "head:65536", "head:x"}) {
      assertRefused("give host:port", () -> InitOptions.of(o -> o.address(address)));
    }
    assertRefused("drop either", () -> InitOptions.of(o -> o.address("h:1").numCpus(1)));
    assertRefused("drop either", () -> InitOptions.of(o -> o.address("h:1").memoryBytes(1)));
    assertRefused("drop either", () -> InitOptions.of(o -> o.address("h:1").objectStoreBytes(1)));
    assertRefused("drop either", () -> InitOptions.of(o -> o.address("h:1").config("a.b", "c")));
    assertRefused("objectStoreBytes=0", () -> InitOptions.of(o -> o.objectStoreBytes(0)));
    assertRefused("drop either", () -> InitOptions.of(o -> o.address("h:1").memoryBytes(1)));
    for (String option : new String[] {"", "Xmx1g", "@file", "java.base/java.nio=x", "-D\0"}) {
      assertRefused("begins with a hyphen", () -> workerJvmOption(option));
    }
    for (String option : new String[] {"-cp", "-jar", "--module-path=x", "--class-path"}) {
      assertRefused("class path of this program", () -> workerJvmOption(option));
    }
    assertRefused("\"--add-opens=...\"", () -> workerJvmOption("--add-opens"));
    assertRefused("not empty", () -> workerProperty("", "x"));
    assertRefused("equals sign", () -> workerProperty("a=b", "x"));
    assertRefused("code 0", () -> workerProperty("a", "\0"));
    assertRefused("token", () -> InitOptions.of(o -> o.token("")));
    assertRefused("namespace", () -> InitOptions.of(o -> o.namespace("")));
  }

  /** Whichever option there is or will be: null is neither a value nor the same as unset. */
  @Test
  void shouldNameTheOptionWhenItIsNull() throws Exception {
    List<String> refused = new ArrayList<>();
    for (Object builder : List.of(task, actor, new CallOptions.Builder(CallOptions.NONE))) {
      refused.addAll(refusedNulls(builder));
    }
    InitOptions.of(o -> {
      try {
        refused.addAll(refusedNulls(o));
      } catch (ReflectiveOperationException e) {
        throw new LinkageError(e.toString(), e);
      }
    });
    assertThat(refused)
        .contains("name", "namespace", "isolation", "resources", "token", "address", "config")
        .contains("workerJvmOptions", "workerSystemProperties");
    Map<String, Double> amounts = new HashMap<>();
    amounts.put("gpu", null);
    assertRefused("resources[gpu]=null: give a value", () -> task.resources(amounts));
    Map<String, String> properties = new HashMap<>();
    properties.put("a", null);
    assertRefused("[a]=null", () -> InitOptions.of(o -> o.workerSystemProperties(properties)));
    assertRefused(
        "workerJvmOptions=null",
        () -> InitOptions.of(o -> o.workerJvmOptions(Arrays.asList("-ea", null))));
  }

  /** Calls each setter with a null in each of its places; returns the setters. */
  private static List<String> refusedNulls(Object builder) throws ReflectiveOperationException {
    List<String> setters = new ArrayList<>();
    for (Method setter : builder.getClass().getDeclaredMethods()) {
      if (!Modifier.isPublic(setter.getModifiers())
          || !setter.getReturnType().equals(builder.getClass())) {
        continue;
      }
      Class<?>[] types = setter.getParameterTypes();
      for (int i = 0; i < types.length; i++) {
        if (types[i].isPrimitive()) {
          continue;
        }
        @Nullable Object[] arguments = new @Nullable Object[types.length];
        Arrays.fill(arguments, "text");
        arguments[i] = null;
        InvocationTargetException thrown =
            catchThrowableOfType(
                InvocationTargetException.class, () -> setter.invoke(builder, arguments));
        assertThat(thrown).as(setter.getName()).isNotNull();
        assertThat(thrown.getCause())
            .as(setter.getName())
            .isInstanceOf(ConfigurationException.class)
            .hasMessageContaining(setter.getName())
            .hasMessageContaining("=null: give a value");
        setters.add(setter.getName());
      }
    }
    return setters;
  }

  @Test
  void shouldTakeNamesOfOneLineOnly() {
    for (String name : new String[] {"a\nb", "a\r", "tab\t", "\u001b[2J", "nul\0", "next\u0085"}) {
      assertRefused("without line breaks", () -> task.name(name));
      assertRefused("without line breaks", () -> actor.name(name));
      assertRefused("without line breaks", () -> actor.resources(Map.of(name, 1.0)));
    }
    assertRefused("at most 1000 characters, not 1001", () -> actor.name("x".repeat(1_001)));
    task.name("x".repeat(1_000));
    task.name("größer — 数 \uD83D\uDE00");
  }

  @Test
  void shouldRefuseJvmOptionsWithWhichAWorkerRunsNothing() {
    for (String option :
        new String[] {
          "-version", "--version", "-help", "-X", "--dry-run", "--list-modules", "-d"
        }) {
      assertRefused("ends before it runs anything", () -> workerJvmOption(option));
    }
    workerJvmOption("-Xss2m");
    workerJvmOption("-showversion");
  }

  private static void workerJvmOption(String option) {
    InitOptions.of(o -> o.workerJvmOptions(List.of(option)));
  }

  private static void workerProperty(String name, String value) {
    InitOptions.of(o -> o.workerSystemProperties(Map.of(name, value)));
  }
}
