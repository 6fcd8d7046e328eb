package io.mobula.worker.loop;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Packet;
import java.util.ArrayList;
import java.util.List;

/**
 * What happened in a history, for people; empty unless wanted, since it costs more than the rest.
 */
final class HistoryTrace {
  private final boolean isWanted;
  private final List<String> lines = new ArrayList<>();

  HistoryTrace(boolean isWanted) {
    this.isWanted = isWanted;
  }

  /** Longs among the values are addresses. */
  void line(String form, Object... values) {
    if (isWanted) {
      Object[] texts = values.clone();
      for (int i = 0; i < texts.length; i++) {
        if (texts[i] instanceof Long address) {
          texts[i] = ProcessAddress.describe(address);
        }
      }
      lines.add(String.format(form, texts));
    }
  }

  void packet(Packet packet) {
    if (isWanted) {
      line("  %s -> %s: %s", packet.getFrom(), packet.getTo(), body(packet));
    }
  }

  @Override
  public String toString() {
    return String.join("\n", lines);
  }

  private static String body(Packet packet) {
    return packet.toBuilder().clearFrom().clearTo().build().toString().replaceAll("\\s+", " ");
  }
}
