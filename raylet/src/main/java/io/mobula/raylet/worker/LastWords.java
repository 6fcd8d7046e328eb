package io.mobula.raylet.worker;

import io.mobula.agent.board.BoardReport;
import java.util.List;

/**
 * What a process leaves behind.
 *
 * @param errorLines the last lines that it wrote to its stderr
 * @param board what its threads were doing
 */
public record LastWords(List<String> errorLines, BoardReport board) {
  /** Of a process that said nothing. */
  public static final LastWords NONE = new LastWords(List.of(), BoardReport.UNKNOWN);

  /** Copies. */
  public LastWords {
    errorLines = List.copyOf(errorLines);
  }
}
