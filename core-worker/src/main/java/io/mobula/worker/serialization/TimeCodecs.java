package io.mobula.worker.serialization;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;

/** The commonest classes of {@code java.time}, compactly; the others bring their own form. */
final class TimeCodecs {
  private TimeCodecs() {}

  @SuppressWarnings({
    "JavaInstantGetSecondsGetNano",
    "JavaDurationGetSecondsToToSeconds",
    "JavaDurationGetSecondsGetNano"
  }) // Both halves are written.
  static void write(int tag, GraphEncoder out, Object value) {
    switch (tag) {
      case Tag.INSTANT -> {
        out.wire.signedVarlong(((Instant) value).getEpochSecond());
        out.wire.varint(((Instant) value).getNano());
      }
      case Tag.DURATION -> {
        out.wire.signedVarlong(((Duration) value).getSeconds());
        out.wire.varint(((Duration) value).getNano());
      }
      case Tag.LOCAL_DATE -> date(out, (LocalDate) value);
      case Tag.LOCAL_TIME -> out.wire.varlong(((LocalTime) value).toNanoOfDay());
      default -> {
        date(out, ((LocalDateTime) value).toLocalDate());
        out.wire.varlong(((LocalDateTime) value).toLocalTime().toNanoOfDay());
      }
    }
  }

  private static void date(GraphEncoder out, LocalDate date) {
    out.wire.signedVarlong(date.toEpochDay());
  }

  static Object read(int tag, GraphDecoder in) throws CorruptStreamException {
    return switch (tag) {
      case Tag.INSTANT -> Instant.ofEpochSecond(in.wire.signedVarlong(), in.wire.varint());
      case Tag.DURATION -> Duration.ofSeconds(in.wire.signedVarlong(), in.wire.varint());
      case Tag.LOCAL_DATE -> date(in);
      case Tag.LOCAL_TIME -> LocalTime.ofNanoOfDay(in.wire.varlong());
      default -> LocalDateTime.of(date(in), LocalTime.ofNanoOfDay(in.wire.varlong()));
    };
  }

  private static LocalDate date(GraphDecoder in) throws CorruptStreamException {
    return LocalDate.ofEpochDay(in.wire.signedVarlong());
  }
}
