package io.mobula.worker.serialization;

import static io.mobula.worker.serialization.TypeCodec.Tracking.NONE;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;

/**
 * The commonest classes of {@code java.time}, compactly; the others go through their own proxies.
 */
final class TimeCodecs {
  private TimeCodecs() {}

  static void register(Builtins.Classes classes, Builtins.Tags tags) {
    classes.put(
        Instant.class,
        Builtins.<Instant>codec(
            NONE, (out, v) -> seconds(out, Tag.INSTANT, v.getEpochSecond(), v.getNano())));
    tags.put(Tag.INSTANT, in -> Instant.ofEpochSecond(in.wire.signedVarlong(), in.wire.varint()));
    classes.put(
        Duration.class,
        Builtins.<Duration>codec(
            NONE, (out, v) -> seconds(out, Tag.DURATION, v.getSeconds(), v.getNano())));
    tags.put(Tag.DURATION, in -> Duration.ofSeconds(in.wire.signedVarlong(), in.wire.varint()));
    classes.put(
        LocalDate.class,
        Builtins.<LocalDate>codec(
            NONE,
            (out, v) -> {
              out.wire.u8(Tag.LOCAL_DATE);
              out.wire.signedVarlong(v.toEpochDay());
            }));
    tags.put(Tag.LOCAL_DATE, in -> LocalDate.ofEpochDay(in.wire.signedVarlong()));
    classes.put(
        LocalTime.class,
        Builtins.<LocalTime>codec(
            NONE,
            (out, v) -> {
              out.wire.u8(Tag.LOCAL_TIME);
              out.wire.varlong(v.toNanoOfDay());
            }));
    tags.put(Tag.LOCAL_TIME, in -> LocalTime.ofNanoOfDay(in.wire.varlong()));
    classes.put(
        LocalDateTime.class,
        Builtins.<LocalDateTime>codec(
            NONE,
            (out, v) -> {
              out.wire.u8(Tag.LOCAL_DATE_TIME);
              out.wire.signedVarlong(v.toLocalDate().toEpochDay());
              out.wire.varlong(v.toLocalTime().toNanoOfDay());
            }));
    tags.put(
        Tag.LOCAL_DATE_TIME,
        in ->
            LocalDateTime.of(
                LocalDate.ofEpochDay(in.wire.signedVarlong()),
                LocalTime.ofNanoOfDay(in.wire.varlong())));
  }

  private static void seconds(GraphEncoder out, int tag, long seconds, int nanos) {
    out.wire.u8(tag);
    out.wire.signedVarlong(seconds);
    out.wire.varint(nanos);
  }
}
