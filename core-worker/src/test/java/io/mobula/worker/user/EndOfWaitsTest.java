package io.mobula.worker.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.api.ClusterConnectionException;
import io.mobula.api.ErrorCode;
import io.mobula.api.Mobula;
import io.mobula.api.MobulaException;
import io.mobula.api.ObjectRef;
import io.mobula.api.Remote;
import io.mobula.api.SessionClosedException;
import io.mobula.api.WaitInterruptedException;
import io.mobula.proto.Packet;
import io.mobula.proto.Packet.BodyCase;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every call that waits ends with an error that has a type, whatever ends the session. */
@Timeout(60)
final class EndOfWaitsTest {
  private static final int BIG = 1 << 20;

  /** How an error words what was waited for: names and values apart. */
  private static final Pattern WORDING =
      Pattern.compile("interrupted while waiting for [a-z' ]+(: \\w+=\\S+(, \\w+=\\S+)*)?");

  @Remote
  static int slow(int value) {
    return value;
  }

  @Remote
  static int size(byte[] value) {
    return value.length;
  }

  @Remote
  static final class Clerk {}

  /** What a user thread waits for. */
  enum Call {
    GET(BodyCase.REQUEST_LEASE, WaitRig.Reply.NOTHING, rig -> task().get()),
    GET_WITH_TIMEOUT(
        BodyCase.REQUEST_LEASE, WaitRig.Reply.NOTHING, rig -> task().get(Duration.ofHours(1))),
    GET_LIST(
        BodyCase.REQUEST_LEASE, WaitRig.Reply.NOTHING, rig -> Mobula.get(List.of(task(), task()))),
    FUTURE(BodyCase.REQUEST_LEASE, WaitRig.Reply.NOTHING, rig -> task().toFuture().get()),
    PUT(BodyCase.CREATE_OBJECT, WaitRig.Reply.NOTHING, rig -> Mobula.put(new byte[BIG])),
    LARGE_ARGUMENT(
        BodyCase.CREATE_OBJECT,
        WaitRig.Reply.NOTHING,
        rig -> Mobula.task(EndOfWaitsTest::size).remote(new byte[BIG])),
    NAMED_ACTOR(
        BodyCase.REGISTER_ACTOR,
        WaitRig.Reply.NOTHING,
        rig -> Mobula.actor(Clerk::new).options(o -> o.name("clerk")).remote()),
    FIND_ACTOR(BodyCase.FIND_ACTOR, WaitRig.Reply.NOTHING, rig -> Mobula.getActor("clerk")),
    NODES(BodyCase.GET_CLUSTER, WaitRig.Reply.NOTHING, rig -> Mobula.nodes()),
    /** Another process is asked, and does not answer: it need not be dead. */
    GET_BORROWED(BodyCase.AWAIT_OBJECT, WaitRig.Reply.NOTHING, rig -> borrowed(rig).get()),
    /** The first piece of two has come. */
    GET_STREAMED(
        BodyCase.FETCH_OBJECT,
        WaitRig.Reply.ROOM_AND_HALVES,
        rig -> Mobula.put(new byte[BIG]).get()),
    FUTURE_OF_STREAMED(
        BodyCase.FETCH_OBJECT,
        WaitRig.Reply.ROOM_AND_HALVES,
        rig -> Mobula.put(new byte[BIG]).toFuture().get());

    private final BodyCase sent;
    private final WaitRig.Reply reply;

    @SuppressWarnings("ImmutableEnumChecker") // The lambdas capture nothing.
    private final Function<WaitRig, Callable<@Nullable Object>> made;

    @FunctionalInterface
    interface Waiting {
      @Nullable Object on(WaitRig rig) throws Exception;
    }

    Call(BodyCase sent, WaitRig.Reply reply, Waiting call) {
      this.sent = sent;
      this.reply = reply;
      this.made = rig -> () -> call.on(rig);
    }
  }

  private static ObjectRef<?> borrowed(WaitRig rig) {
    byte[] form =
        ByteBuffer.allocate(2 * Long.BYTES).putLong(ProcessAddress.of(1, 77)).putLong(5).array();
    return rig.runtime.values().objectRef(form);
  }

  /** What ends it all. */
  enum End {
    HEAD_LOST(ClusterConnectionException.class),
    CLOSED(SessionClosedException.class),
    LOOP_FAILED(ClusterConnectionException.class);

    private final Class<? extends MobulaException> thrown;

    End(Class<? extends MobulaException> thrown) {
      this.thrown = thrown;
    }

    void bring(WaitRig rig) {
      switch (this) {
        case HEAD_LOST -> rig.loseHead();
        case CLOSED -> rig.runtime.close();
        case LOOP_FAILED -> rig.failLoop();
      }
    }
  }

  static Stream<Arguments> waits() {
    return Stream.of(Call.values())
        .flatMap(call -> Stream.of(End.values()).map(end -> Arguments.of(call, end)));
  }

  @ParameterizedTest
  @MethodSource("waits")
  void shouldEndCallThatWaitsWhenSessionEnds(Call call, End end) throws Exception {
    try (WaitRig rig = new WaitRig()) {
      rig.reply(call.reply);
      CompletableFuture<@Nullable Throwable> thrown = start(call, rig);
      rig.awaitPacket(call.sent);
      end.bring(rig);
      assertThat(thrown.get(20, TimeUnit.SECONDS)).isInstanceOf(end.thrown);
    }
  }

  @ParameterizedTest
  @MethodSource("waits")
  void shouldEndCallThatIsMadeAfterwardsWhenSessionHasEnded(Call call, End end) throws Exception {
    try (WaitRig rig = new WaitRig()) {
      end.bring(rig);
      switch (end) {
        case HEAD_LOST -> rig.lost.get(20, TimeUnit.SECONDS);
        case LOOP_FAILED -> rig.failed.get(20, TimeUnit.SECONDS);
        case CLOSED -> {
          // It is.
        }
      }
      assertThat(start(call, rig).get(20, TimeUnit.SECONDS)).isInstanceOf(end.thrown);
    }
  }

  /** A future's own get throws what the JDK says. */
  @ParameterizedTest
  @EnumSource(
      value = Call.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"FUTURE", "FUTURE_OF_STREAMED"})
  void shouldThrowAndStayInterruptedWhenThreadIsInterrupted(Call call) throws Exception {
    try (WaitRig rig = new WaitRig()) {
      rig.reply(call.reply);
      assertInterrupted(rig, call.sent, () -> call.made.apply(rig).call());
    }
  }

  @Test
  void shouldThrowAndStayInterruptedWhenThreadIsInterruptedAsItWaitsForMany() throws Exception {
    try (WaitRig rig = new WaitRig()) {
      List<ObjectRef<Integer>> refs = List.of(task(), task(), task());
      assertInterrupted(
          rig, BodyCase.REQUEST_LEASE, () -> Mobula.wait(refs, 2, Duration.ofHours(1)));
    }
  }

  private static void assertInterrupted(
      WaitRig rig, BodyCase sent, ThrowableAssert.ThrowingCallable call) throws Exception {
    CompletableFuture<@Nullable Throwable> thrown = new CompletableFuture<>();
    CompletableFuture<Boolean> isInterrupted = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              thrown.complete(catchThrowable(call));
              isInterrupted.complete(Thread.currentThread().isInterrupted());
            });
    rig.awaitPacket(sent);
    thread.interrupt();
    assertThat(thrown.get(20, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            WaitInterruptedException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERRUPTED))
        .message()
        .matches(WORDING);
    assertThat(isInterrupted.get(20, TimeUnit.SECONDS)).isTrue();
  }

  /** The loop throws as it handles what the call has sent. */
  @ParameterizedTest
  @EnumSource(Call.class)
  void shouldEndCallWhenLoopThrowsAtItsMessage(Call call) throws Exception {
    try (WaitRig rig = new WaitRig()) {
      rig.reply(WaitRig.Reply.THROW);
      assertThat(start(call, rig).get(20, TimeUnit.SECONDS))
          .isInstanceOf(ClusterConnectionException.class);
      assertThat(rig.failed.get(20, TimeUnit.SECONDS)).hasMessageContaining("on purpose");
    }
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void shouldEndOrAnswerWaitForManyWhenSessionEnds(End end) throws Exception {
    try (WaitRig rig = new WaitRig()) {
      List<ObjectRef<Integer>> refs = List.of(task(), task(), task());
      CompletableFuture<@Nullable Throwable> ended = new CompletableFuture<>();
      Thread.ofPlatform()
          .start(() ->
              ended.complete(catchThrowable(() -> Mobula.wait(refs, 2, Duration.ofHours(1)))));
      rig.awaitPacket(BodyCase.REQUEST_LEASE);
      end.bring(rig);
      Throwable thrown = ended.get(20, TimeUnit.SECONDS);
      // What has failed is ready, so the wait may end well; those of a loop that failed never are.
      if (end == End.LOOP_FAILED) {
        assertThat(thrown).isInstanceOf(end.thrown);
      } else if (thrown != null) {
        assertThat(thrown).isInstanceOf(MobulaException.class);
      }
    }
  }

  /** Each of many threads is in some call as the session ends. */
  @ParameterizedTest
  @EnumSource(End.class)
  void shouldEndAllCallsOfAllThreadsWhenSessionEndsAmidThem(End end) throws Exception {
    for (int round = 0; round < 20; round++) {
      try (WaitRig rig = new WaitRig()) {
        List<CompletableFuture<@Nullable Throwable>> all = new ArrayList<>();
        for (Call call : Call.values()) {
          all.add(start(call, rig));
        }
        end.bring(rig);
        for (CompletableFuture<@Nullable Throwable> one : all) {
          assertThat(one.get(20, TimeUnit.SECONDS)).isInstanceOf(MobulaException.class);
        }
      }
    }
  }

  @Test
  void shouldCloseOnceWhenClosedByManyThreadsInterruptedOrByAFuture() throws Exception {
    try (WaitRig rig = new WaitRig()) {
      CompletableFuture<Integer> future = task().toFuture();
      CompletableFuture<Boolean> closedByFuture = new CompletableFuture<>();
      CompletableFuture<Integer> stage =
          future.whenComplete((_, _) -> {
            rig.runtime.close();
            closedByFuture.complete(true);
          });
      List<Thread> closing = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        boolean isInterrupted = i % 2 == 0;
        closing.add(
            Thread.ofPlatform()
                .start(() -> {
                  if (isInterrupted) {
                    Thread.currentThread().interrupt();
                  }
                  rig.runtime.close();
                }));
      }
      for (Thread thread : closing) {
        assertThat(thread.join(WaitRig.PATIENCE)).isTrue();
      }
      assertThat(closedByFuture.get(20, TimeUnit.SECONDS)).isTrue();
      assertThat(catchThrowable(() -> stage.get(20, TimeUnit.SECONDS)))
          .hasCauseInstanceOf(SessionClosedException.class);
    }
  }

  @Test
  void shouldNotBeCancelledWhenFutureIsCancelled() throws Exception {
    try (WaitRig rig = new WaitRig()) {
      CompletableFuture<Integer> future = task().toFuture();
      CompletableFuture<Integer> stage = future.thenApply(value -> value + 1);
      assertThat(future.cancel(true)).isFalse();
      assertThat(future).isNotDone();
      assertThat(stage.cancel(true)).isTrue();
      rig.runtime.close();
      Throwable thrown = catchThrowable(() -> future.get(20, TimeUnit.SECONDS));
      assertThat(thrown)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(SessionClosedException.class);
    }
  }

  /** The loop tells itself that a mapping is no longer used, in a full mailbox of its own. */
  @Test
  void shouldNotWaitForItselfWhenLoopPostsIntoItsFullMailbox() throws Exception {
    try (WaitRig rig = new WaitRig()) {
      CompletableFuture<Boolean> posted = new CompletableFuture<>();
      rig.onLoop(() -> {
        for (int i = 0; i < 1 << 17; i++) {
          rig.session.tell(WaitRig.RAYLET, Packet.newBuilder());
        }
        posted.complete(true);
      });
      assertThat(posted.get(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static ObjectRef<Integer> task() {
    return Mobula.task(EndOfWaitsTest::slow).remote(1);
  }

  /** Makes the call on a thread of its own; the future gets what it throws, null for nothing. */
  private static CompletableFuture<@Nullable Throwable> start(Call call, WaitRig rig) {
    CompletableFuture<@Nullable Throwable> ended = new CompletableFuture<>();
    Callable<@Nullable Object> made = call.made.apply(rig);
    Thread.ofPlatform()
        .start(() -> {
          Throwable thrown = catchThrowable(made::call);
          // A call that made its ref before the end gives what get would throw.
          if (thrown == null) {
            ended.completeExceptionally(new AssertionError("nothing was thrown: call=" + call));
          }
          ended.complete(
              thrown instanceof ExecutionException wrapped ? wrapped.getCause() : thrown);
        });
    return ended;
  }
}
