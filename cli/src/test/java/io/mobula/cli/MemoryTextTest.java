package io.mobula.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.driver.ClusterMemory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class MemoryTextTest {
  private static final ClusterMemory.Totals STORE =
      new ClusterMemory.Totals(
          1L << 30, 3 << 20, (1L << 30) - (3 << 20), 3 << 20, 0, 0, 0, 0, 1, 0, 0, 0);
  private static final ClusterMemory.Totals NOTHING =
      new ClusterMemory.Totals(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  private static final ClusterMemory.Node NODE =
      new ClusterMemory.Node(1, "host", "", STORE, List.of());
  private static final ClusterMemory.Process DRIVER =
      new ClusterMemory.Process(
          "1.1", 1, "driver", 100, 1, "com.example.App", true, 2, 2, 21, 3, 1500);
  private static final ClusterMemory.Process ACTOR =
      new ClusterMemory.Process("1.3", 1, "actor", 102, 1, "Holder", false, 0, 0, 0, 0, 0);
  private static final ClusterMemory.Reference KEPT =
      new ClusterMemory.Reference(
          "1.1",
          true,
          "stored",
          true,
          false,
          2,
          3,
          5,
          List.of("1.3", "1.4", "1.5", "1.6"),
          1,
          List.of("1.1.2"),
          1);
  private static final ClusterMemory.Item LARGE =
      new ClusterMemory.Item(
          "1.1.1",
          3 << 20,
          "1.1",
          "stored",
          "",
          "com.example.App.main(App.java:14)",
          List.of(new ClusterMemory.Copy(1, "primary", true, "1.1", List.of("1.3"))),
          List.of(KEPT));
  private static final ClusterMemory.Item SMALL =
      new ClusterMemory.Item("1.1.2", 21, "1.1", "inline", "", "", List.of(), List.of());
  private static final ClusterMemory MEMORY =
      new ClusterMemory(STORE, List.of(NODE), List.of(DRIVER, ACTOR), List.of(LARGE, SMALL), false);

  @Test
  void shouldShowStoresProcessesAndObjectsWhenAllIsKnown() {
    assertThat(MemoryText.of("head:1", MEMORY))
        .isEqualTo(
            """
            memory of the cluster at head:1

            node  store    used     free      primary  read  evictable  writing  deleting  spilled  objects  waiting
            1     1.0 GiB  3.0 MiB  1021 MiB  3.0 MiB  0 B   0 B        0 B      0 B       0 B      1        0

            process  kind    pid  job  knows  owns  in heap  lineage
            1.1      driver  100  1    2      2     21 B     1.5 KiB  com.example.App
            1.3      actor   102  1    ?      ?     ?        ?        did not answer: Holder

            object  size     owner       state   copies        read by
            1.1.1   3.0 MiB  driver 1.1  stored  primary on 1  actor 1.3
                made by com.example.App.main(App.java:14)
                kept by driver 1.1 (reference, argument of 2 tasks, lineage of 3 tasks, inside 1.1.2, lent to 1.3 and 1.4 and 1.5
                        and 2 more, 1 on the way)
            1.1.2   21 B     driver 1.1  inline\
            """);
  }

  @Test
  void shouldFitTheTerminalWhenMuchIsKnown() {
    List<ClusterMemory.Reference> many = IntStream.range(0, 50).mapToObj(i -> KEPT).toList();
    ClusterMemory.Item item =
        new ClusterMemory.Item(
            "1.1.1",
            1,
            "1.1",
            "stored",
            "t".repeat(80),
            "s".repeat(80),
            IntStream.range(0, 40)
                .mapToObj(i -> new ClusterMemory.Copy(i, "secondary", true, "1.1", List.of("1.3")))
                .toList(),
            many);
    ClusterMemory memory =
        new ClusterMemory(STORE, List.of(NODE), List.of(DRIVER), List.of(item), true);
    assertThat(MemoryText.of("head:1", memory).lines())
        .allMatch(line -> line.length() <= MemoryText.WIDTH)
        .anyMatch(line -> line.startsWith("There are more objects"));
  }

  @Test
  void shouldSayWhyWhenANodeGaveNoAnswer() {
    ClusterMemory memory =
        new ClusterMemory(
            NOTHING,
            List.of(new ClusterMemory.Node(4, "host", "no answer in time", NOTHING, List.of())),
            List.of(),
            List.of(),
            false);
    assertThat(MemoryText.of("head:1", memory))
        .contains("node 4 gave no answer: no answer in time");
  }

  @Test
  void shouldSayWhatIsKeptWhenANodeIsBehind() {
    ClusterMemory memory =
        new ClusterMemory(
            STORE,
            List.of(
                new ClusterMemory.Node(
                    1, "host", "", STORE, List.of(new ClusterMemory.Backlog(2, 140 << 20)))),
            List.of(),
            List.of(),
            false);
    assertThat(MemoryText.of("head:1", memory))
        .contains("node 1 keeps 140 MiB for node 2, which is behind");
  }

  @Test
  void shouldRoundSizesWhenTheyAreLarge() {
    assertThat(List.of(0L, 1023L, 1024L, 102_300L, 1_048_575L, 1L << 20, 5L << 40))
        .extracting(MemoryText::size)
        .containsExactly("0 B", "1023 B", "1.0 KiB", "99.9 KiB", "1.0 MiB", "1.0 MiB", "5.0 TiB");
  }

  @Test
  void shouldPickAndOrderObjectsWhenToldTo() {
    assertThat(MemorySelection.first(MEMORY, MemoryOrder.SIZE, 1))
        .satisfies(first -> assertThat(first.objects()).containsExactly(LARGE))
        .satisfies(first -> assertThat(first.isTruncated()).isTrue());
    assertThat(MemorySelection.first(MEMORY, MemoryOrder.CALL_SITE, 2).objects())
        .containsExactly(SMALL, LARGE);
    assertThat(MemorySelection.ofNode(MEMORY, 1).objects()).containsExactly(LARGE, SMALL);
    assertThat(MemorySelection.ofNode(MEMORY, 2).nodes()).isEmpty();
    assertThat(MemorySelection.ofNode(MEMORY, 2).objects()).isEmpty();
  }

  @Test
  void shouldSumUpWhenObjectsAreGrouped() {
    assertThat(MemorySums.of(MEMORY, MemoryGroup.OWNER, 10).groups())
        .containsExactly(new MemorySums.Group("1.1", 2, (3 << 20) + 21, 1));
    assertThat(MemorySums.of(MEMORY, MemoryGroup.STATE, 1))
        .satisfies(sums ->
            assertThat(sums.groups())
                .containsExactly(new MemorySums.Group("stored", 1, 3 << 20, 1)))
        .satisfies(sums -> assertThat(sums.isTruncated()).isTrue());
    assertThat(
            MemoryText.of(
                "head:1", MemorySums.of(MEMORY, MemoryGroup.CALL_SITE, 10), MemoryGroup.CALL_SITE))
        .contains("made by", "com.example.App.main(App.java:14)", "not known");
  }

  @Test
  void shouldHaveUnitsInItsNamesWhenItIsJson() {
    assertThat(Json.write(MEMORY))
        .contains("\"sizeBytes\" : 3145728", "\"usedBytes\" : 3145728", "\"holders\" : [ \"1.3\" ]")
        .contains("\"isTruncated\" : false", "\"hasHandle\" : true", "\"objectCount\" : 2");
  }

  @Test
  void shouldRefuseWhatItDoesNotKnowWhenOptionsAreWrong() {
    assertThat(error("memory", "--sort", "age"))
        .contains("mobula: Invalid value for option '--sort': 'age' is none of size, owner,");
    assertThat(error("memory", "--group-by", "colour")).contains("call-site, owner, state, node");
    assertThat(error("memory", "--limit", "10001")).contains("--limit is out of range");
    assertThat(error("memory", "--limits", "1")).contains("Unknown option");
  }

  private static String error(String... arguments) {
    StringWriter err = new StringWriter();
    CommandLine command = MobulaCommand.commandLine().setErr(new PrintWriter(err, true));
    assertThat(command.execute(arguments)).isEqualTo(MobulaCommand.WRONG_USAGE);
    return err.toString();
  }
}
