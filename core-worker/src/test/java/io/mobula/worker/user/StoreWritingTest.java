package io.mobula.worker.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.api.ErrorCode;
import io.mobula.api.MobulaException;
import io.mobula.api.function.RemoteFunction;
import io.mobula.proto.TaskReply;
import io.mobula.worker.execute.Execution;
import io.mobula.worker.loop.CoreMessage;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Room in the store is sealed or given up, whatever becomes of the thread that asked for it. */
@Timeout(60)
final class StoreWritingTest {
  private static final byte[] LARGE = new byte[200_000];

  private final UserRig rig = new UserRig();

  /** As the API's function interfaces. */
  interface Supplied<R> extends RemoteFunction {
    R apply() throws Exception;
  }

  private static byte[] large() {
    return LARGE;
  }

  private static byte[] largeOfAnInterruptedThread() {
    Thread.currentThread().interrupt();
    return LARGE;
  }

  @AfterEach
  void close() {
    rig.close();
    assertThat(rig.ends).isEmpty();
  }

  @Test
  void shouldSealWhatIsPut() throws InterruptedException {
    rig.runtime.put(LARGE);
    rig.mailbox.await(CoreMessage.Seal.class);
    assertThat(rig.mailbox.seen(CoreMessage.Abort.class)).isEmpty();
  }

  @Test
  void shouldLeaveLateRoomToTheLoopWhenAPutIsInterrupted() throws Exception {
    rig.mailbox.holdRoom();
    FutureTask<Object> put = new FutureTask<>(() -> rig.runtime.put(LARGE));
    Thread thread = Thread.ofPlatform().start(put);
    CoreMessage.CreateStored create = rig.mailbox.await(CoreMessage.CreateStored.class);
    thread.interrupt();
    assertInterrupted(put);
    // The loop sees that nobody takes it, and aborts.
    assertThat(RecordingMailbox.giveRoom(create)).isFalse();
    assertThat(rig.mailbox.seen(CoreMessage.Seal.class)).isEmpty();
  }

  @Test
  void shouldGiveRoomUpWhenItCameWithTheInterrupt() throws Exception {
    Thread.currentThread().interrupt();
    // The mailbox answers as it takes the question: the room is there before the thread waits.
    assertThatThrownBy(() -> rig.runtime.put(LARGE)).isInstanceOf(MobulaException.class);
    assertThat(Thread.interrupted()).isTrue();
    rig.mailbox.await(CoreMessage.Abort.class);
    assertThat(rig.mailbox.seen(CoreMessage.Seal.class)).isEmpty();
  }

  @Test
  void shouldStoreAResultWhenTheTaskLeavesAnInterrupt() throws InterruptedException {
    Supplied<byte[]> function = StoreWritingTest::largeOfAnInterruptedThread;
    Execution execution = rig.task(function);
    rig.slot().add(execution);
    TaskReply reply = rig.answer(execution);
    assertThat(reply.hasStored()).isTrue();
    assertThat(rig.mailbox.await(CoreMessage.Seal.class).key())
        .isEqualTo(UserRig.resultOf(execution));
  }

  @Test
  void shouldStoreAResultWhenItsThreadIsInterruptedWhileItWaitsForRoom() throws Exception {
    rig.mailbox.holdRoom();
    Supplied<byte[]> function = StoreWritingTest::large;
    Execution execution = rig.task(function);
    FutureTask<Void> run = new FutureTask<>(() -> rig.runner.run(execution, null, true), null);
    Thread thread = Thread.ofPlatform().start(run);
    CoreMessage.CreateStored create = rig.mailbox.await(CoreMessage.CreateStored.class);
    thread.interrupt();
    assertThat(RecordingMailbox.giveRoom(create)).isTrue();
    run.get(20, TimeUnit.SECONDS);
    assertThat(rig.answer(execution).hasStored()).isTrue();
  }

  @Test
  void shouldPutWhenTheThreadIsVirtual() throws Exception {
    FutureTask<Object> put = new FutureTask<>(() -> rig.runtime.put(LARGE));
    Thread.ofVirtual().start(put);
    assertThat(put.get(20, TimeUnit.SECONDS)).isNotNull();
    rig.mailbox.await(CoreMessage.Seal.class);
  }

  private static void assertInterrupted(FutureTask<?> call) {
    assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(
            MobulaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERRUPTED));
  }
}
