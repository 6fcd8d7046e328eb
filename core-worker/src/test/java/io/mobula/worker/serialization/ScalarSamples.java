package io.mobula.worker.serialization;

import static io.mobula.worker.serialization.Sample.alike;
import static io.mobula.worker.serialization.Sample.equal;
import static io.mobula.worker.serialization.Sample.equalOnly;
import static io.mobula.worker.serialization.Sample.such;

import java.io.File;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.chrono.JapaneseDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Currency;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.SimpleTimeZone;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Rows for single values, strings, arrays, buffers, time and the JDK's small classes. */
@SuppressWarnings({"JavaUtilDate", "JdkObsolete"}) // Sent by users all the same.
final class ScalarSamples {
  private ScalarSamples() {}

  static List<Sample> all() {
    List<Sample> samples = new ArrayList<>();
    scalars(samples);
    arrays(samples);
    time(samples);
    jdk(samples);
    return samples;
  }

  private static void scalars(List<Sample> to) {
    to.add(equal("null", null));
    to.add(equal("Boolean", true));
    to.add(equal("Byte", (byte) -7));
    to.add(equal("Short", Short.MIN_VALUE));
    to.add(equal("Character", '€'));
    to.add(equal("Integer", Integer.MIN_VALUE));
    to.add(equal("Long", Long.MAX_VALUE));
    to.add(equal("Float", Float.NaN));
    to.add(equal("Double", -0.0));
    to.add(equal("String empty", ""));
    to.add(equal("String ASCII", "hello"));
    to.add(equal("String Latin-1", "näïve"));
    to.add(equal("String UTF-16", "日本語 🐄"));
    to.add(equal("String with a lone surrogate", "a\uD800b"));
    to.add(equal("String long", "0123456789ä".repeat(20_000)));
    to.add(equal("String long UTF-16", "0123456789€".repeat(20_000)));
    to.add(
        equal(
            "boxed in a list",
            List.of(true, (byte) 1, (short) 2, 'c', 3, 4L, 5f, 6d, Integer.MAX_VALUE, -1L)));
  }

  private static void arrays(List<Sample> to) {
    to.add(equal("boolean[]", new boolean[] {true, false}));
    to.add(equal("byte[]", new byte[] {1, -2}));
    to.add(equal("short[]", new short[] {1, -2}));
    to.add(equal("char[]", new char[] {'a', '\uFFFF'}));
    to.add(equal("int[]", new int[] {1, -2}));
    to.add(equal("long[]", new long[] {1, -2}));
    to.add(equal("float[]", new float[] {1, Float.NaN}));
    to.add(equal("double[]", new double[] {1, -0.0}));
    to.add(equal("int[0]", new int[0]));
    to.add(equal("Object[] mixed", new Object[] {1, "a", 2L, null}));
    to.add(equal("String[]", new String[] {"a", null, "a"}));
    to.add(equal("Integer[]", new Integer[] {1, null}));
    to.add(equal("Number[][]", new Number[][] {{1, 2L}, {}, {3.0}}));
    to.add(equal("int[][]", new int[][] {{1}, {}, {2, 3}}));
    to.add(equal("large arrays in a list", largeArrays()));
    to.add(equalOnly("ByteBuffer big-endian", ByteBuffer.wrap(new byte[] {0, 1, 2, 3}, 1, 2)));
    to.add(
        such(
            "ByteBuffer little-endian",
            ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 5),
            b -> b.order() == ByteOrder.LITTLE_ENDIAN && b.getLong(0) == 5));
    to.add(equalOnly("ByteBuffer direct", ByteBuffer.allocateDirect(5000).put(7, (byte) 7)));
    to.add(equal("ByteBuffer in a list", List.of(ByteBuffer.wrap(new byte[] {5}))));
    to.add(
        such(
            "MemorySegment",
            MemorySegment.ofArray(new int[] {1, 2}),
            m -> m.byteSize() == 8 && m.get(ValueLayout.JAVA_BYTE, 4) == 2));
    to.add(
        such(
            "MemorySegment in a list",
            List.of(MemorySegment.ofArray(new byte[] {1, 2})),
            l -> l.getFirst().byteSize() == 2));
  }

  private static Object largeArrays() {
    byte[] bytes = new byte[100_000];
    new Random(1).nextBytes(bytes);
    return new Object[] {
      "before",
      IntStream.range(0, 50_000).toArray(),
      "between",
      bytes,
      LongStream.range(0, 20_000).toArray(),
      DoubleStream.iterate(1, x -> x * 1.1).limit(3_000).toArray(),
      "after"
    };
  }

  private static void time(List<Sample> to) {
    to.add(equal("Instant", Instant.parse("1969-12-31T23:59:59.123456789Z")));
    to.add(equal("Instant.MIN", List.of(Instant.MIN, Instant.MAX)));
    to.add(equal("Duration", Duration.ofSeconds(-3, 5)));
    to.add(equal("LocalDate", LocalDate.of(-5, 2, 28)));
    to.add(equal("LocalTime", LocalTime.of(23, 59, 59, 999_999_999)));
    to.add(equal("LocalDateTime", LocalDateTime.of(2024, 2, 29, 1, 2, 3, 4)));
    to.add(
        equal(
            "ZonedDateTime",
            ZonedDateTime.of(2024, 10, 27, 2, 30, 0, 0, ZoneId.of("Europe/Berlin"))));
    to.add(equal("OffsetDateTime", OffsetDateTime.of(2024, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC)));
    to.add(equal("OffsetTime", OffsetTime.of(1, 2, 3, 4, ZoneOffset.ofHours(-3))));
    to.add(equal("ZoneId", ZoneId.of("America/New_York")));
    to.add(equal("ZoneOffset", ZoneOffset.ofHoursMinutes(5, 30)));
    to.add(equal("Period", Period.of(1, 2, 3)));
    to.add(equal("Year", Year.of(2024)));
    to.add(equal("YearMonth", YearMonth.of(2024, 2)));
    to.add(equal("MonthDay", MonthDay.of(Month.FEBRUARY, 29)));
    to.add(equal("enums of java.time", List.of(DayOfWeek.MONDAY, ChronoUnit.DAYS)));
    to.add(equal("JapaneseDate", JapaneseDate.of(2024, 5, 1)));
    to.add(equal("Date", new Date(5)));
    to.add(equal("GregorianCalendar", new GregorianCalendar(2024, 1, 2)));
    GregorianCalendar calendar = new GregorianCalendar(new SimpleTimeZone(3_600_000, "X"));
    calendar.setTimeInMillis(1_700_000_000_000L);
    to.add(equal("GregorianCalendar with SimpleTimeZone", calendar));
    to.add(equal("java.time in a list", List.of(Instant.EPOCH, LocalDate.EPOCH, Instant.EPOCH)));
  }

  private static void jdk(List<Sample> to) {
    to.add(equal("Optional", Optional.of("x")));
    to.add(equal("Optional empty", Optional.empty()));
    to.add(equal("OptionalInt", OptionalInt.of(5)));
    to.add(equal("OptionalLong", OptionalLong.of(-5)));
    to.add(equal("OptionalDouble", List.of(OptionalDouble.of(0.1), OptionalDouble.empty())));
    to.add(equal("BigDecimal", new BigDecimal("-1234567890.123456789E-20")));
    to.add(equal("BigInteger", BigInteger.TWO.pow(1000).negate()));
    to.add(equal("MathContext", MathContext.DECIMAL64));
    to.add(equal("UUID", new UUID(1, -2)));
    to.add(equal("URI", URI.create("http://u@h:1/p?q#f")));
    to.add(equal("URL", url()));
    to.add(equal("Locale", Locale.forLanguageTag("de-Latn-CH-x-y")));
    to.add(equal("Currency", Currency.getInstance("CHF")));
    to.add(alike("Pattern", Pattern.compile("a(b)+", Pattern.CASE_INSENSITIVE), ScalarSamples::of));
    to.add(alike("AtomicInteger", new AtomicInteger(3), AtomicInteger::get));
    to.add(alike("AtomicLong", new AtomicLong(-3), AtomicLong::get));
    to.add(alike("AtomicBoolean", new AtomicBoolean(true), AtomicBoolean::get));
    to.add(alike("AtomicReference", new AtomicReference<>("r"), AtomicReference::get));
    to.add(alike("AtomicIntegerArray", new AtomicIntegerArray(new int[] {1, 2}), Object::toString));
    to.add(
        alike(
            "AtomicReferenceArray",
            new AtomicReferenceArray<>(new String[] {"a", "b"}),
            Object::toString));
    to.add(alike("LongAdder", adder(), LongAdder::sum));
    to.add(alike("StringBuilder", new StringBuilder("a€"), StringBuilder::toString));
    to.add(alike("StringBuffer", new StringBuffer("a€"), StringBuffer::toString));
    to.add(equal("Class", List.of(String.class, int.class, int[][].class, UserTypes.Plain.class)));
    to.add(equal("Charset", StandardCharsets.UTF_16BE));
    to.add(equal("Path", Path.of("/tmp", "ä b")));
    to.add(equal("File", new File("/tmp/x")));
    to.add(equal("InetAddress", InetAddress.getLoopbackAddress()));
    to.add(equal("InetSocketAddress", InetSocketAddress.createUnresolved("example.org", 80)));
    to.add(alike("Random", new Random(5), r -> new Random(5).nextInt()));
    to.add(such("Object", new Object(), o -> o.getClass() == Object.class));
    to.add(
        alike("IntSummaryStatistics", IntStream.of(1, 2, 9).summaryStatistics(), Object::toString));
    to.add(
        alike("LongSummaryStatistics", LongStream.of(1, 9).summaryStatistics(), Object::toString));
    to.add(
        alike(
            "DoubleSummaryStatistics",
            DoubleStream.of(0.5, 9).summaryStatistics(),
            Object::toString));
    to.add(equal("StackTraceElement", new StackTraceElement("a.B", "m", "B.java", 3)));
  }

  private static List<Object> of(Pattern pattern) {
    return List.of(pattern.pattern(), pattern.flags(), pattern.matcher("xABBx").find());
  }

  private static Object url() {
    try {
      return URI.create("http://localhost/p?q").toURL();
    } catch (java.net.MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static LongAdder adder() {
    LongAdder adder = new LongAdder();
    adder.add(42);
    return adder;
  }
}
