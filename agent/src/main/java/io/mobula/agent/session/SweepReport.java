package io.mobula.agent.session;

import java.nio.file.Path;
import java.util.List;

/**
 * What a sweep deleted.
 *
 * @param sessions dead sessions
 * @param nodes dead nodes of living sessions
 */
public record SweepReport(List<Path> sessions, List<Path> nodes) {
  /** Copies the lists. */
  public SweepReport {
    sessions = List.copyOf(sessions);
    nodes = List.copyOf(nodes);
  }
}
