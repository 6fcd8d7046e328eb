package io.mobula.worker.loop;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Packet;
import io.mobula.proto.TaskSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a process of a history has sent out to be run, from its packets and not from its machines:
 * so the onlooker knows whose answer counts.
 */
final class Pushes {
  private record Push(long worker, int attempt) {}

  private final Map<Long, Push> bySequence = new HashMap<>();

  void onSent(Packet packet) {
    List<TaskSpec> specs =
        packet.hasPushTasks()
            ? packet.getPushTasks().getTasksList()
            : packet.getPushCalls().getCallsList();
    for (TaskSpec spec : specs) {
      bySequence.put(spec.getSequence(), new Push(packet.getTo(), spec.getAttempt()));
    }
  }

  /** Nothing is expected of that process, or node, any more. */
  void onLost(long address) {
    bySequence.values().removeIf(push -> ProcessAddress.diesWith(push.worker, address));
  }

  /** Whether that worker's answer counts if it comes. */
  boolean isExpected(long sequence, int attempt, long worker) {
    return new Push(worker, attempt).equals(bySequence.get(sequence));
  }
}
