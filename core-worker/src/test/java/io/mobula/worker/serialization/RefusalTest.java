package io.mobula.worker.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mobula.api.ErrorCode;
import io.mobula.api.SerializationException;
import io.mobula.worker.serialization.UserTypes.Config;
import io.mobula.worker.serialization.UserTypes.Generic;
import io.mobula.worker.serialization.UserTypes.Job;
import io.mobula.worker.serialization.UserTypes.SerializableFunction;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What can't be sent fails when it is encoded, and the message says where it is and what to do. */
@Timeout(30)
final class RefusalTest {
  private final ValueCodec codec = new ValueCodec(RefusalTest.class.getClassLoader());

  private SerializationException refused(Object value) {
    SerializationException failure =
        catchThrowableOfType(
            SerializationException.class,
            () -> codec.encode(value, ConformanceMain.NoSink.INSTANCE));
    assertThat(failure).as("encoding %s", value.getClass()).isNotNull();
    assertThat(failure.code()).isEqualTo(ErrorCode.SERIALIZATION_FAILED);
    return failure;
  }

  @Test
  void shouldNameTheFieldPathWhenAThreadPoolIsInside() throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(1)) {
      Config config = new Config();
      config.pool.addAll(java.util.Arrays.asList("a", null, pool));
      SerializationException failure = refused(new Job("j", config));
      assertThat(failure.fieldPath()).contains("Job.config.pool[2]");
      assertThat(failure)
          .hasMessageContaining(
              "cannot serialize Job.config.pool[2] (java.util.concurrent.ThreadPoolExecutor)")
          .hasMessageContaining("mark the field transient");
    }
  }

  @Test
  void shouldNameTheKeyWhenItIsInAMap() {
    Config config = new Config();
    config.byName.put("in", new ByteArrayInputStream(new byte[1]));
    assertThat(refused(config).fieldPath()).contains("Config.byName[\"in\"]");
    Map<Integer, Object> map = new HashMap<>(Map.of(7, new StampedLock().asReadLock()));
    assertThat(refused(map).fieldPath()).contains("HashMap[7]");
  }

  @Test
  void shouldHideWhatWrappersAreMadeOfWhenTheyHoldIt() {
    Object wrapped = Collections.unmodifiableList(new ArrayList<>(List.of(Thread.currentThread())));
    assertThat(refused(new Generic<>(wrapped, List.of())).fieldPath()).contains("Generic.value[0]");
    assertThat(refused(Optional.of(Thread.currentThread())).fieldPath()).contains("Optional");
  }

  @Test
  void shouldNameTheLambdaWhenItCapturesWhatCantBeSent() {
    Thread thread = Thread.currentThread();
    SerializableFunction<Integer, String> function = x -> thread.getName() + x;
    assertThat(refused(function).fieldPath()).contains("lambda in RefusalTest.capturedArgs[0]");
  }

  @Test
  void shouldSayHowToMakeALambdaSerializableWhenItIsNot() {
    Supplier<Integer> supplier = () -> 1;
    assertThat(refused(supplier)).hasMessageContaining("(Runnable & Serializable)");
  }

  @Test
  void shouldRefuseARecordThatContainsItself() {
    List<Object> more = new ArrayList<>();
    Generic<Object> self = new Generic<>("x", List.of(more));
    more.add(self);
    assertThat(refused(self))
        .hasMessageContaining("Generic.more[0][0]")
        .hasMessageContaining("cycle");
  }

  @Test
  void shouldReportTheCauseWhenWriteObjectFails() {
    Object failing = new FailingHook();
    assertThat(refused(List.of(failing)))
        .hasMessageContaining("[0]")
        .hasRootCauseMessage("on purpose");
  }

  private static final class FailingHook implements java.io.Serializable {
    private static final long serialVersionUID = 1L;

    private void writeObject(java.io.ObjectOutputStream out) throws java.io.IOException {
      throw new java.io.IOException("on purpose");
    }
  }

  static Stream<Object> boundToTheProcess() {
    return Stream.of(
        Thread.currentThread(),
        new Thread() {},
        new Socket(),
        ClassLoader.getSystemClassLoader(),
        new CompletableFuture<String>(),
        IntStream.of(1),
        List.of(1).iterator(),
        ThreadLocal.withInitial(() -> 1),
        new java.lang.ref.WeakReference<>("x"),
        java.lang.invoke.MethodHandles.lookup(),
        String.class.getMethods()[0],
        ProcessHandle.current(),
        java.io.OutputStream.nullOutputStream(),
        System.getLogger("x"),
        new java.util.concurrent.CountDownLatch(1));
  }

  @ParameterizedTest
  @MethodSource("boundToTheProcess")
  void shouldRefuseWhenBoundToTheProcess(Object value) {
    assertThat(refused(new Generic<>(value, List.of())).fieldPath()).contains("Generic.value");
  }

  @Test
  void shouldWorkAfterARefusalWithTheSameCodec() {
    refused(Thread.currentThread());
    Encoding encoded = codec.encode(List.of("x"), ConformanceMain.NoSink.INSTANCE);
    assertThat(codec.decode(encoded.kind().number(), encoded.toByteArray(), new NoReferences()))
        .isEqualTo(List.of("x"));
  }
}
