package io.mobula.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.config.ConfigSchema;
import io.mobula.gcs.GcsConfig;
import io.mobula.raylet.RayletConfig;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class ConfigurationReferenceTest {
  private static final Path PAGE = Page.REPOSITORY.resolve("docs/reference/configuration.md");
  private static final Path FRESH = Page.REPOSITORY.resolve("docs/target/configuration.md");

  @Test
  void shouldBeWhatTheSchemasDescribeWhenThePageIsRead() throws Exception {
    String fresh = page();
    write(fresh);
    assertThat(Files.readString(PAGE))
        .as("a setting changed: copy docs/target/configuration.md to docs/reference")
        .isEqualTo(fresh);
  }

  private static String page() throws ReflectiveOperationException {
    return """
    # Configuration

    This page is generated from the code; a test compares them.

    A setting is a key, such as `raylet.num-cpus`. Daemons read settings from the environment and from `key=value` arguments; an argument
    wins. `mobula start` passes them on with `--set key=value`, and has options of its own for the commonest. A program sets them for an
    embedded cluster with `Mobula.init(o -> o.config(key, value))`. An unknown key is refused, with the nearest known one in the message.

    ## Embedded clusters

    """
        + driverSchema().describe()
        + "\n## Head\n\n"
        + GcsConfig.SCHEMA.describe()
        + "\n## Nodes\n\n"
        + RayletConfig.SCHEMA.describe();
  }

  /** The driver's schema is for its own package; the page is all that others need of it. */
  private static ConfigSchema driverSchema() throws ReflectiveOperationException {
    Field field = Class.forName("io.mobula.driver.DriverConfig").getDeclaredField("SCHEMA");
    field.setAccessible(true);
    return (ConfigSchema) field.get(null);
  }

  private static void write(String text) throws IOException {
    Files.createDirectories(FRESH.getParent());
    Files.writeString(FRESH, text);
  }
}
