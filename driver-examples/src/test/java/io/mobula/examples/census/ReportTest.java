package io.mobula.examples.census;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.api.ClusterNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

/** What people see: tables, charts and the progress line. */
final class ReportTest {
  private static final CensusResult RESULT =
      new CensusResult(
          "JDK <25>",
          new Census(
              Map.of("/jars/one.jar", new Totals(1_200, 10, 2, 3, 4_000, 5, 6, 7)),
              Map.of("dup", 3_000L, "pop", 1_000L),
              Map.of("A.<init>", 4L, "B.b", 1L)),
          3,
          List.of(new ClusterNode("7f3a", "h:1", true, true, Map.of(), Map.of())),
          Map.of("7f3a", 3),
          Duration.ofMillis(1_500));

  @TempDir private Path folder;

  @Test
  void shouldHaveEveryTableWhenPrinted() {
    assertThat(TextReport.of(RESULT))
        .contains("1,200 classes, 3 methods, 2 fields, 10 bytes of JDK <25>")
        .contains("       3,000  75.0%  dup")
        .contains("           4  80.0%  A.<init>")
        .containsPattern("(?m)^one.jar +1,200 +3 +2 +10 +4,000 +6 +7$")
        .contains("3 of 3 chunks ran on the head 7f3a at h:1");
  }

  @Test
  void shouldBeOneFileWithChartsWhenWrittenAsHtml() throws IOException {
    Path file = folder.resolve("new/report.html");
    HtmlReport.write(file, RESULT);
    String html = Files.readString(file);
    assertThat(html)
        .contains("JDK &lt;25&gt;", "A.&lt;init&gt;", "<td>one.jar</td>", "3 chunks in 1.5 s")
        .contains("<b>4,000</b><span>instructions</span>")
        .doesNotContain("<script", "http:", "https:", "<init>");
    assertThat(html.split("<svg ", -1)).hasSize(4);
    assertThat(html).as("a format that was not applied").doesNotContain("%n");
  }

  @Test
  void shouldSayWhereWhenReportCannotBeWritten() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> HtmlReport.write(file.resolve("report.html"), RESULT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("can't write the report to " + file);
  }

  @Test
  void shouldDrawBarsToScaleWhenCountsDiffer() throws Exception {
    String svg = BarChart.svg("a \"b\"", List.of(Map.entry("x", 200L), Map.entry("y", 100L)));
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    var bars = document.getElementsByTagName("rect");
    assertThat(bars.getLength()).isEqualTo(2);
    double first = width(bars.item(0));
    assertThat(width(bars.item(1))).isEqualTo(first / 2);
  }

  private static double width(org.w3c.dom.Node bar) {
    return Double.parseDouble(bar.getAttributes().getNamedItem("width").getNodeValue());
  }

  @Test
  void shouldMoveOneLineWhenOnATerminal() {
    String shown = progress(true);
    assertThat(shown)
        .startsWith(
            "\r\u001b[K[#######---------------------]  25%  250 of 1,000 classes, 250 a second")
        .contains(", 3 s left\r")
        .endsWith("\r\u001b[K")
        .doesNotContain("\n");
  }

  @Test
  void shouldPrintALineNowAndThenWhenNotOnATerminal() {
    assertThat(progress(false).lines())
        .containsExactly("100%  1,000 of 1,000 classes, 250 a second, adding up");
  }

  private static String progress(boolean isTerminal) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    ProgressBar bar = new ProgressBar(out, isTerminal, 1_000, 0);
    bar.show(new Progress.Step(1, 250, 9), Duration.ofSeconds(1).toNanos());
    bar.show(new Progress.Step(4, 1_000, 9), Duration.ofSeconds(4).toNanos());
    bar.show(new Progress.Step(4, 1_000, 9), Duration.ofSeconds(5).toNanos());
    bar.end();
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
