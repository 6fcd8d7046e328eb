package io.mobula.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Codes are stable and unique; exceptions carry what they promise, also through serialization. */
final class ErrorsTest {
  @Test
  void shouldHaveUniqueNumbersWhenListed() {
    assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCode::number)).doesNotHaveDuplicates();
  }

  /** Numbers are on the wire and in logs: this list only grows. */
  @Test
  void shouldKeepNumbersWhenNamesAreListed() {
    assertThat(Arrays.stream(ErrorCode.values()).map(c -> c.number() + " " + c))
        .containsExactly(
            "101 NOT_INITIALIZED",
            "102 ALREADY_INITIALIZED",
            "103 RUNTIME_MISSING",
            "104 OPTION_INVALID",
            "105 OPTION_UNKNOWN",
            "106 DEFINITION_INVALID",
            "107 CLASS_MISSING",
            "108 SERIALIZATION_FAILED",
            "109 DESERIALIZATION_FAILED",
            "110 ACTOR_NAME_TAKEN",
            "111 WRONG_PROCESS",
            "112 INTERRUPTED",
            "113 SESSION_CLOSED",
            "201 TASK_FAILED",
            "202 ACTOR_CREATION_FAILED",
            "203 GET_TIMED_OUT",
            "301 WORKER_DIED",
            "302 NODE_DIED",
            "303 ACTOR_DIED",
            "304 ACTOR_ENDED",
            "305 ACTOR_UNAVAILABLE",
            "306 OBJECT_LOST",
            "307 OWNER_DIED",
            "308 OBJECT_UNREACHABLE",
            "401 UNSCHEDULABLE",
            "402 OBJECT_STORE_FULL",
            "501 CLUSTER_UNREACHABLE",
            "502 SECRET_REFUSED",
            "503 PROTOCOL_MISMATCH",
            "504 CLUSTER_LOST",
            "505 START_FAILED",
            "901 INTERNAL");
  }

  @ParameterizedTest
  @EnumSource(ErrorCode.class)
  void shouldFindCodeWhenAskedByNumber(ErrorCode code) {
    assertThat(ErrorCode.ofNumber(code.number())).contains(code);
    assertThat(code.blame()).isNotNull();
    assertThat(code.severity()).isNotNull();
  }

  @Test
  void shouldFindNothingWhenNumberIsUnknown() {
    assertThat(ErrorCode.ofNumber(0)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(value = ErrorCode.class, mode = EnumSource.Mode.EXCLUDE, names = "TASK_FAILED")
  void shouldKeepCodeMessageAndCauseWhenMadeFromCode(ErrorCode code) {
    Exception cause = new IOException("cause");
    MobulaException exception = MobulaException.of(code, "what: a=1", cause);
    assertThat(exception.code()).isEqualTo(code);
    assertThat(exception).hasMessage("what: a=1").hasCause(cause);
  }

  @Test
  void shouldMakeTheSubclassWhenCodeHasOne() {
    assertThat(MobulaException.of(ErrorCode.NODE_DIED, "m", null))
        .isInstanceOf(WorkerDiedException.class);
    assertThat(MobulaException.of(ErrorCode.ACTOR_ENDED, "m", null))
        .isInstanceOf(ActorDiedException.class);
    assertThat(MobulaException.of(ErrorCode.SECRET_REFUSED, "m", null))
        .isInstanceOf(ClusterConnectionException.class);
    assertThat(MobulaException.of(ErrorCode.CLASS_MISSING, "m", null))
        .isInstanceOf(RemoteDefinitionException.class);
    assertThat(MobulaException.of(ErrorCode.INTERRUPTED, "m", null))
        .isInstanceOf(WaitInterruptedException.class);
    assertThatThrownBy(() -> MobulaException.of(ErrorCode.TASK_FAILED, "m", null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldTellTaskAndPlaceWhenTaskFailed() {
    TaskException exception =
        new TaskException("App.f", "n1", 42, "trace", new IllegalStateException("on purpose"));
    assertThat(exception)
        .hasMessage(
            "task failed: task=App.f, node=n1, pid=42:"
                + " java.lang.IllegalStateException: on purpose");
    assertThat(exception.getCause()).isInstanceOf(IllegalStateException.class);
    assertThat(exception.taskName()).isEqualTo("App.f");
    assertThat(exception.nodeId()).isEqualTo("n1");
    assertThat(exception.pid()).isEqualTo(42);
    assertThat(exception.remoteStackTrace()).isEqualTo("trace");
  }

  @Test
  void shouldSayWhatFailedAndWhyWhenTheCauseDoesNotTell() {
    assertThat(new TaskException("f", "n1", 42, "", new Mute(true, "no words")))
        .hasMessageEndingWith(
            "ErrorsTest$Mute: (its getMessage failed: java.lang.IllegalStateException: no words)");
    assertThat(new TaskException("f", "n1", 42, "", new Mute(false, "no words")))
        .hasMessageEndingWith(
            "ErrorsTest$Mute: said"
                + " (its toString failed: java.lang.IllegalStateException: no words)");
  }

  /** Fails where it is asked what it says. */
  private static final class Mute extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean isInMessage;
    private final String reason;

    Mute(boolean isInMessage, String reason) {
      super("said");
      this.isInMessage = isInMessage;
      this.reason = reason;
    }

    @Override
    public String getMessage() {
      if (isInMessage) {
        throw new IllegalStateException(reason);
      }
      return String.valueOf(super.getMessage());
    }

    @Override
    public String toString() {
      return getMessage().isEmpty() ? "" : refused();
    }

    private String refused() {
      throw new IllegalStateException(reason);
    }
  }

  @Test
  void shouldPrintAsOriginalWhenClassIsMissing() {
    StackTraceElement frame = new StackTraceElement("com.acme.Shop", "buy", "Shop.java", 7);
    RemoteThrowable standIn =
        new RemoteThrowable(
            "com.acme.SoldOut",
            "none left",
            new StackTraceElement[] {frame},
            new IOException("cause"),
            List.of(new IOException("suppressed")));
    StringWriter printed = new StringWriter();
    standIn.printStackTrace(new PrintWriter(printed, true));
    assertThat(printed.toString())
        .startsWith("com.acme.SoldOut: none left")
        .contains("at com.acme.Shop.buy(Shop.java:7)")
        .contains("Caused by: java.io.IOException: cause")
        .contains("Suppressed: java.io.IOException: suppressed");
    assertThat(standIn.className()).isEqualTo("com.acme.SoldOut");
    assertThat(new RemoteThrowable("C", null, new StackTraceElement[0], null, List.of()))
        .hasToString("C");
  }

  @Test
  void shouldStayWholeWhenSerialized() throws Exception {
    TaskException task =
        copy(new TaskException("App.f", "n1", 42, "trace", new IOException("cause")));
    assertThat(task.code()).isEqualTo(ErrorCode.TASK_FAILED);
    assertThat(task.remoteStackTrace()).isEqualTo("trace");
    assertThat(task.getCause()).hasMessage("cause");
    SerializationException serialization =
        copy(
            new SerializationException(
                ErrorCode.SERIALIZATION_FAILED, "no: path=A.b", "A.b", null));
    assertThat(serialization.fieldPath()).contains("A.b");
  }

  @SuppressWarnings({"unchecked", "BanSerializableRead"}) // Our own bytes, of the same type.
  private static <T> T copy(T value) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(value);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (T) in.readObject();
    }
  }
}
