package io.mobula.gcs.state;

import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.GcsSnapshot;
import io.mobula.proto.ProcessStarted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Workers and drivers that live, by address, as their raylets reported them. */
public final class ProcessTable {
  private final Map<Long, ProcessStarted> processes = new LinkedHashMap<>();

  ProcessTable() {}

  /** A process that lives. */
  public Optional<ProcessStarted> find(long address) {
    return Optional.ofNullable(processes.get(address));
  }

  void add(ProcessStarted process) {
    processes.put(process.getAddress(), process);
  }

  Optional<ProcessStarted> remove(long address) {
    return Optional.ofNullable(processes.remove(address));
  }

  /** Removes every process of the node. */
  List<ProcessStarted> removeNode(int node) {
    List<ProcessStarted> removed = new ArrayList<>();
    processes
        .values()
        .removeIf(
            process -> ProcessAddress.node(process.getAddress()) == node && removed.add(process));
    return removed;
  }

  void save(GcsSnapshot.Builder snapshot) {
    snapshot.addAllProcesses(processes.values());
  }

  void restore(GcsSnapshot snapshot) {
    snapshot.getProcessesList().forEach(this::add);
  }
}
