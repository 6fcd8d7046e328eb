package io.mobula.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What programs are given to read. */
final class JsonTest {
  record Row(String name, long sizeBytes, double share, boolean isHead, List<String> holders) {}

  @Test
  void shouldComeBackAsItWas() {
    Row row = new Row("a \"quoted\"\n\tname — größer", Long.MAX_VALUE, 0.5, true, List.of("1.1"));
    JsonNode read = JsonMapper.builder().build().readTree(Json.write(row));
    assertThat(read.get("name").asString()).isEqualTo(row.name());
    assertThat(read.get("sizeBytes").asLong()).isEqualTo(Long.MAX_VALUE);
    assertThat(read.get("share").asDouble()).isEqualTo(0.5);
    assertThat(read.get("holders")).hasSize(1);
  }

  @Test
  void shouldKeepTheOrderOfWhatIsOrdered() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("zebra", 1);
    values.put("ant", List.of());
    assertThat(Json.write(values)).containsSubsequence("zebra", "ant").contains("[ ]");
  }

  @Test
  void shouldBeReadableByPeopleToo() {
    assertThat(Json.write(Map.of("ended", List.of())).lines().count()).isGreaterThan(1);
  }

  @Test
  void shouldWriteMapsOfAmountsAsNumbers() {
    JsonNode read =
        JsonMapper.builder().build().readTree(Json.write(Map.of("total", Map.of("CPU", 2.0))));
    assertThat(read.get("total").get("CPU").isNumber()).isTrue();
  }
}
