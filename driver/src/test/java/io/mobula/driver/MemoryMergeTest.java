package io.mobula.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.CopyState;
import io.mobula.proto.NodeMemoryReport;
import io.mobula.proto.ObjectReferences;
import io.mobula.proto.PeerBacklog;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.ProcessMemory;
import io.mobula.proto.ProcessReferences;
import io.mobula.proto.ReferencedState;
import io.mobula.proto.StoreCopy;
import io.mobula.proto.StoreMemory;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MemoryMergeTest {
  private static final long DRIVER = ProcessAddress.of(1, 1);
  private static final long ACTOR = ProcessAddress.of(2, 3);
  private static final ObjectKey KEY = new ObjectKey(DRIVER, 5);

  private final MemoryMerge merge = new MemoryMerge();

  @Test
  void shouldJoinCopiesAndReferencesWhenTheyAreOfOneObject() {
    merge.add(
        node(
                1,
                100,
                copy(CopyState.COPY_PRIMARY, DRIVER)
                    .setIsInMemory(true)
                    .setCallSite("told the store"))
            .addProcesses(
                process(DRIVER, ProcessKind.DRIVER, "Program")
                    .setReferences(
                        references(
                            object()
                                .setHasHandle(true)
                                .setBorrowerTotal(1)
                                .addBorrowers(ACTOR)
                                .setLineageCount(2)
                                .setRetainCount(5)
                                .setCallSite("App.main(App.java:7)"))))
            .build());
    merge.add(
        node(
                2,
                100,
                copy(CopyState.COPY_SECONDARY, ProcessAddress.of(2, 0))
                    .setIsInMemory(true)
                    .addHolders(ACTOR))
            .addProcesses(
                process(ACTOR, ProcessKind.WORKER, "Holder")
                    .setReferences(references(object().setHasHandle(true).setRetainCount(1))))
            .addBacklogs(
                PeerBacklog.newBuilder().setRaylet(ProcessAddress.of(1, 0)).setBytes(2_000_000))
            .build());

    ClusterMemory memory = merge.result();

    assertThat(memory.isTruncated()).isFalse();
    assertThat(memory.nodes())
        .extracting(ClusterMemory.Node::backlogs)
        .containsExactly(List.of(), List.of(new ClusterMemory.Backlog(1, 2_000_000)));
    assertThat(memory.totals().usedBytes()).isEqualTo(200);
    assertThat(memory.totals().freeBytes()).isEqualTo(1_800);
    assertThat(memory.processes())
        .extracting(ClusterMemory.Process::kind)
        .containsExactly("driver", "actor");
    assertThat(memory.objects()).hasSize(1);
    ClusterMemory.Item item = memory.objects().getFirst();
    assertThat(item.id()).isEqualTo("1.1.5");
    assertThat(item.owner()).isEqualTo("1.1");
    assertThat(item.state()).isEqualTo("stored");
    assertThat(item.callSite()).isEqualTo("App.main(App.java:7)");
    assertThat(item.copies())
        .containsExactly(
            new ClusterMemory.Copy(1, "primary", true, "1.1", List.of()),
            new ClusterMemory.Copy(2, "secondary", true, "node 2", List.of("2.3")));
    assertThat(item.references())
        .extracting(
            ClusterMemory.Reference::process,
            ClusterMemory.Reference::isOwner,
            ClusterMemory.Reference::borrowers,
            ClusterMemory.Reference::lineageCount,
            ClusterMemory.Reference::otherCount)
        .containsExactly(
            tuple("1.1", true, List.of("2.3"), 2, 1), tuple("2.3", false, List.of(), 0, 0));
  }

  @Test
  void shouldSayWhatTheStoreWasToldWhenTheOwnerIsSilent() {
    merge.add(
        node(1, 100, copy(CopyState.COPY_PRIMARY, DRIVER).setCallSite("App.main(App.java:7)"))
            .addProcesses(process(DRIVER, ProcessKind.DRIVER, "Program"))
            .build());
    ClusterMemory memory = merge.result();
    assertThat(memory.processes().getFirst().hasAnswered()).isFalse();
    assertThat(memory.objects().getFirst().callSite()).isEqualTo("App.main(App.java:7)");
    assertThat(memory.objects().getFirst().references()).isEmpty();
  }

  @Test
  void shouldNameTheNodeWhenItGaveNoAnswer() {
    merge.addSilent(4, "host", "no answer in time");
    ClusterMemory memory = merge.result();
    assertThat(memory.nodes().getFirst().problem()).isEqualTo("no answer in time");
    assertThat(memory.totals().capacityBytes()).isZero();
  }

  @Test
  void shouldSayThatThereIsMoreWhenAStoreOrAProcessHasMore() {
    merge.add(node(1, 100).setCopyTotal(1).build());
    assertThat(merge.result().isTruncated()).isTrue();

    MemoryMerge other = new MemoryMerge();
    other.add(
        node(1, 0)
            .addProcesses(
                process(DRIVER, ProcessKind.DRIVER, "")
                    .setReferences(ProcessReferences.newBuilder().setObjectCount(1)))
            .build());
    assertThat(other.result().isTruncated()).isTrue();
  }

  @Test
  void shouldPutTheLargestFirstWhenThereAreSeveral() {
    merge.add(
        node(
                1,
                100,
                copy(CopyState.COPY_PRIMARY, DRIVER)
                    .setId(new ObjectKey(DRIVER, 1).toProto())
                    .setSizeBytes(10),
                copy(CopyState.COPY_SPILLED, 0)
                    .setId(new ObjectKey(DRIVER, 2).toProto())
                    .setSizeBytes(20))
            .build());
    assertThat(merge.result().objects())
        .extracting(ClusterMemory.Item::id, ClusterMemory.Item::state)
        .containsExactly(tuple("1.1.2", "spilled"), tuple("1.1.1", "stored"));
  }

  private static NodeMemoryReport.Builder node(
      int number, long usedBytes, StoreCopy.Builder... copies) {
    NodeMemoryReport.Builder memory =
        NodeMemoryReport.newBuilder()
            .setRaylet(ProcessAddress.of(number, 0))
            .setStore(
                StoreMemory.newBuilder()
                    .setCapacityBytes(1_000)
                    .setUsedBytes(usedBytes)
                    .setObjectCount(copies.length))
            .setCopyTotal(copies.length);
    for (StoreCopy.Builder copy : copies) {
      memory.addCopies(copy);
    }
    return memory;
  }

  private static StoreCopy.Builder copy(CopyState state, long writer) {
    return StoreCopy.newBuilder()
        .setId(KEY.toProto())
        .setSizeBytes(100)
        .setState(state)
        .setWriter(writer);
  }

  private static ProcessMemory.Builder process(long address, ProcessKind kind, String name) {
    return ProcessMemory.newBuilder().setAddress(address).setKind(kind).setName(name);
  }

  private static ProcessReferences.Builder references(ObjectReferences.Builder object) {
    return ProcessReferences.newBuilder().setObjectCount(1).addObjects(object);
  }

  private static ObjectReferences.Builder object() {
    return ObjectReferences.newBuilder()
        .setId(KEY.toProto())
        .setState(ReferencedState.REFERENCED_STORED)
        .setSizeBytes(100);
  }
}
