package io.mobula.testkit.programs;

import io.mobula.api.Mobula;
import io.mobula.api.MobulaException;
import io.mobula.api.Remote;
import io.mobula.api.Session;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;

/**
 * Tells what its JVM makes of code, here, in a task and in an actor. Its arguments are options for
 * its workers.
 */
public final class Meaning {
  private Meaning() {}

  public static void main(String[] options) {
    TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kolkata"));
    Locale.setDefault(Locale.CANADA_FRENCH);
    System.out.println("driver " + facts());
    try (Session _ =
        Mobula.init(o ->
            o.workerJvmOptions(List.of(options))
                .workerSystemProperties(Map.of("given", "to workers")))) {
      System.out.println("task " + Mobula.task(Meaning::facts).remote().get());
      System.out.println(
          "actor "
              + Mobula.actor(Teller::new)
                  .options(o -> o.memoryBytes(300L << 20))
                  .remote()
                  .call(Teller::tell)
                  .get());
    } catch (MobulaException e) {
      System.out.println("failed " + String.valueOf(e.getMessage()).replace('\n', ' '));
    }
  }

  @Remote
  static String facts() {
    boolean isOpen = Object.class.getModule().isOpen("java.nio", Meaning.class.getModule());
    boolean hasPreview =
        ManagementFactory.getRuntimeMXBean().getInputArguments().contains("--enable-preview");
    return List.of(
            "assertions=" + Meaning.class.desiredAssertionStatus(),
            "zone=" + TimeZone.getDefault().getID(),
            "locale=" + Locale.getDefault(),
            "charset=" + Charset.defaultCharset(),
            "open=" + isOpen,
            "preview=" + hasPreview,
            "own=" + System.getProperty("own"),
            "given=" + System.getProperty("given"))
        .toString();
  }

  @Remote
  static final class Teller {
    String tell() {
      return facts() + " heap=" + (Runtime.getRuntime().maxMemory() >> 20);
    }
  }
}
