package io.mobula.testkit.hostile;

import io.mobula.api.ActorDiedException;
import io.mobula.api.ActorUnavailableException;
import io.mobula.api.ErrorCode;
import io.mobula.api.MobulaException;
import io.mobula.api.ObjectLostException;
import io.mobula.api.ObjectRef;
import io.mobula.api.SerializationException;
import io.mobula.api.TaskException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A ref, and what the onlooker knows that it must come to.
 *
 * @param story for a complaint: what was called
 * @param inputs whose failure is this one's
 * @param isFreed whether the program has freed it
 * @param mayBeDead whether the actor that it is a call of may be dead
 */
record Promise(
    ObjectRef<?> ref,
    String story,
    Outcome outcome,
    List<Promise> inputs,
    AtomicBoolean isFreed,
    BooleanSupplier mayBeDead) {

  /** What it must come to if its inputs are all right. */
  sealed interface Outcome {
    /** A value. */
    record Value(@Nullable Object value) implements Outcome {}

    /** A value that only this knows. */
    record Some() implements Outcome {}

    /** What user code throws. */
    record Thrown() implements Outcome {}

    /** A value that can't be sent or received. */
    record Unsendable() implements Outcome {}
  }

  static Promise of(ObjectRef<?> ref, String story, Outcome outcome, Promise... inputs) {
    return new Promise(ref, story, outcome, List.of(inputs), new AtomicBoolean(), () -> false);
  }

  static Promise ofCall(
      ObjectRef<?> ref, String story, Outcome outcome, BooleanSupplier mayBeDead) {
    return new Promise(ref, story, outcome, List.of(), new AtomicBoolean(), mayBeDead);
  }

  /** Whether its value is known, so that others may be made of it. */
  boolean isNumber() {
    return outcome instanceof Outcome.Value value
        && value.value() instanceof Long
        && inputs.stream().allMatch(Promise::isNumber);
  }

  long number() {
    return outcome instanceof Outcome.Value(Long number) ? number : 0;
  }

  /** What is wrong with a value that came; null if nothing. */
  @Nullable String complaintOfValue(@Nullable Object value) {
    boolean isRight =
        switch (outcome) {
          case Outcome.Value known -> java.util.Objects.deepEquals(known.value(), value);
          case Outcome.Some _ -> true;
          case Outcome.Thrown _, Outcome.Unsendable _ -> false;
        };
    return isRight ? null : "wrong answer: " + this + ", value=" + value;
  }

  /** What is wrong with what was thrown instead; null if nothing. */
  @Nullable String complaintOf(Throwable thrown) {
    return isExpected(thrown)
        ? null
        : "wrong failure: " + this + ", thrown=" + thrown.getClass().getName();
  }

  private boolean isExpected(Throwable thrown) {
    if (wasFreed() && thrown instanceof ObjectLostException) {
      return true;
    }
    if (thrown instanceof TaskException
        && thrown.getCause() instanceof MobulaException inside
        && inputs.stream().anyMatch(input -> input.isExpected(inside))) {
      // It read the input itself.
      return true;
    }
    if (mayBeDead.getAsBoolean()
        && (thrown instanceof ActorDiedException
            || thrown instanceof ActorUnavailableException
            || (thrown instanceof MobulaException known
                && known.code() == ErrorCode.ACTOR_CREATION_FAILED))) {
      return true;
    }
    return switch (outcome) {
      case Outcome.Value _, Outcome.Some _ ->
          inputs.stream().anyMatch(input -> input.isExpected(thrown));
      case Outcome.Thrown _ -> thrown instanceof TaskException;
      case Outcome.Unsendable _ -> thrown instanceof SerializationException;
    };
  }

  private boolean wasFreed() {
    return isFreed.get() || inputs.stream().anyMatch(Promise::wasFreed);
  }

  @Override
  public String toString() {
    return story + " -> " + outcome + (isFreed.get() ? " (freed)" : "");
  }
}
