package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.EncodedValue;
import io.mobula.proto.Failure;
import io.mobula.proto.FetchPurpose;
import io.mobula.proto.ObjectValue;
import io.mobula.proto.Packet;
import io.mobula.proto.StoredObject;
import io.mobula.raylet.transfer.PartRequest;
import io.mobula.raylet.transfer.PullOutcome;
import io.mobula.raylet.transfer.SourceReport;
import io.mobula.store.HeapRange;
import io.mobula.store.heap.PopulateResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** One seeded history of processes, owners and other nodes around an object table. */
final class ObjectHistory {
  private static final int CLIENTS = 4;
  private static final int KEYS_PER_OWNER = 6;
  private static final List<Integer> NODES = List.of(2, 3, 4);

  private record Asked(long client, ObjectKey key, boolean isCreate, long sizeBytes) {}

  private record Writing(long client, ObjectKey key) {}

  private record Holding(long client, ObjectKey key, long correlation) {}

  private record Serving(long ticket, ObjectKey key) {}

  private record Transferring(ObjectKey key, int attempt, HeapRange range) {}

  private final Random random;
  private final ObjectTableFixture node;
  private final NodeObjectTable table;
  private final ObjectOracle oracle;
  private final SpillDouble disk;
  private final List<Long> clients = new ArrayList<>();
  private final List<Long> owners = new ArrayList<>();
  private final Map<Long, Asked> asked = new HashMap<>();
  private final List<Writing> writing = new ArrayList<>();
  private final List<Holding> holding = new ArrayList<>();
  private final List<Serving> serving = new ArrayList<>();
  private final List<Serving> servingAsked = new ArrayList<>();
  private final List<Transferring> transferring = new ArrayList<>();
  private final List<HeapRange> populating = new ArrayList<>();
  private int nextProcess = 1;
  private int nextFarProcess = 1;
  private long nextNumber = 1;

  ObjectHistory(long seed) {
    random = new Random(seed);
    node =
        new ObjectTableFixture(
            ObjectTableFixture.CAPACITY_BYTES / 3,
            SpillConfig.DEFAULT.withBounds(0.6, 20_000, 400_000));
    oracle = new ObjectOracle(seed);
    disk = new SpillDouble(random, node, oracle);
    node.isPopulating = false;
    table = node.table;
    NODES.forEach(each -> table.nodeAdded(each, "node" + each + ":1", node.now));
    while (clients.size() < CLIENTS) {
      join();
    }
  }

  ObjectOracle oracle() {
    return oracle;
  }

  ObjectUsage usage() {
    return table.usage();
  }

  void step() {
    int dice = random.nextInt(100);
    if (dice < 20) {
      create();
    } else if (dice < 35) {
      finishWriting();
    } else if (dice < 55) {
      fetch();
    } else if (dice < 68) {
      release();
    } else if (dice < 74) {
      table.free(List.of(anyKey()), node.now);
    } else if (dice < 88) {
      endTransfer();
    } else if (dice < 91) {
      serve();
    } else if (dice < 94) {
      closeServe();
    } else if (dice < 96) {
      node.advance(Duration.ofMillis(random.nextInt(3_000)));
    } else if (dice < 97) {
      die();
    }
    if (random.nextInt(3) == 0) {
      populate();
    }
    if (random.nextInt(3) == 0) {
      disk.endOne();
    }
    take();
    node.store.verify();
  }

  /** Lets everything come to its end: what nobody keeps must be gone then. */
  void end() {
    for (long owner : List.copyOf(owners)) {
      kill(owner);
    }
    for (long client : List.copyOf(clients)) {
      kill(client);
    }
    take();
    while (!transferring.isEmpty()
        || !serving.isEmpty()
        || !servingAsked.isEmpty()
        || !populating.isEmpty()
        || disk.isBusy()) {
      populate();
      disk.endOne();
      endTransfer();
      closeServe();
      take();
    }
    node.advance(Duration.ofMinutes(1));
    take();
    node.store.verify();
  }

  private void join() {
    long client = ProcessAddress.of(ObjectTableFixture.NODE, nextProcess++);
    clients.add(client);
    table.clientJoined(client, true);
    owners.add(client);
    owners.add(ProcessAddress.of(pick(NODES), nextFarProcess++));
  }

  private void create() {
    ObjectKey key = anyKey();
    long correlation = nextNumber++;
    long client = pick(clients);
    long sizeBytes = random.nextInt(20) == 0 ? random.nextInt(300_000) : sizeBytes(key);
    asked.put(correlation, new Asked(client, key, true, sizeBytes));
    oracle.asked(correlation);
    table.create(client, correlation, key, sizeBytes, node.now);
  }

  private void finishWriting() {
    if (writing.isEmpty()) {
      return;
    }
    Writing done = writing.remove(random.nextInt(writing.size()));
    oracle.end(done);
    if (random.nextInt(5) == 0) {
      table.abort(done.client, done.key, node.now);
    } else {
      table.seal(done.client, done.key, node.now);
    }
  }

  private void fetch() {
    ObjectKey key = anyKey();
    long correlation = nextNumber++;
    long client = pick(clients);
    long sizeBytes = sizeBytes(key);
    asked.put(correlation, new Asked(client, key, false, sizeBytes));
    oracle.asked(correlation);
    int from = pick(NODES);
    table.fetch(
        client,
        correlation,
        ObjectTableFixture.stored(key, sizeBytes, from, pick(NODES)),
        FetchPurpose.GET,
        node.now);
  }

  private void release() {
    if (holding.isEmpty()) {
      return;
    }
    Holding done = holding.remove(random.nextInt(holding.size()));
    oracle.end(done);
    table.release(done.client, done.key, node.now);
  }

  private void endTransfer() {
    if (transferring.isEmpty()) {
      return;
    }
    Transferring done = transferring.remove(random.nextInt(transferring.size()));
    oracle.end(done);
    PullOutcome outcome =
        switch (random.nextInt(4)) {
          case 0 -> new PullOutcome.Missing("missing");
          case 1 -> failure();
          default ->
              new PullOutcome.Complete(
                  SourceReport.whole(1 + random.nextInt(20) / 19, readers()), random.nextBoolean());
        };
    table.transferEnded(done.key, done.attempt, outcome, node.now);
  }

  private PullOutcome failure() {
    return switch (random.nextInt(6)) {
      case 0, 4 -> new PullOutcome.Failed("broken");
      case 5 -> new PullOutcome.Busy();
      case 1 -> new PullOutcome.Corrupt("checksum");
      case 2 -> new PullOutcome.OtherCopy();
      default ->
          new PullOutcome.Absent(
              new SourceReport(
                  1,
                  Optional.of(
                      new SourceReport.Parts(
                          ObjectTableFixture.PART_BYTES,
                          BitSet.valueOf(new long[] {random.nextInt(8)}))),
                  readers()));
    };
  }

  private List<Integer> readers() {
    return random.nextBoolean() ? List.of() : List.of(pick(NODES));
  }

  private static long sizeBytes(ObjectKey key) {
    // A key's size is fixed, as an owner would say it.
    return 1_000L + Math.floorMod(key.hashCode(), 20_000);
  }

  private void serve() {
    Serving next = new Serving(nextNumber++, anyKey());
    servingAsked.add(next);
    long objectBytes = sizeBytes(next.key);
    long firstByte = random.nextInt(3) * ObjectTableFixture.PART_BYTES;
    if (firstByte >= objectBytes) {
      firstByte = 0;
    }
    long lengthBytes = Math.min(ObjectTableFixture.PART_BYTES, objectBytes - firstByte);
    table.serve(
        next.ticket,
        new PartRequest(next.key, objectBytes, firstByte, lengthBytes, pick(NODES)),
        node.now);
  }

  private void closeServe() {
    List<Serving> from = serving.isEmpty() ? servingAsked : serving;
    if (!from.isEmpty()) {
      Serving done = from.remove(random.nextInt(from.size()));
      oracle.end(done);
      table.closeServe(done.ticket, done.key, node.now);
    }
  }

  private void die() {
    if (random.nextBoolean()) {
      kill(pick(clients));
      join();
    } else {
      kill(pick(owners));
      while (clients.size() < CLIENTS) {
        join();
      }
      owners.add(ProcessAddress.of(pick(NODES), nextFarProcess++));
    }
  }

  private void kill(long process) {
    // What the table said before is delivered before the death.
    take();
    owners.remove(process);
    clients.remove(process);
    asked
        .entrySet()
        .removeIf(each -> {
          boolean isItsOwn = each.getValue().client == process;
          if (isItsOwn) {
            oracle.askerDied(each.getKey());
          }
          return isItsOwn;
        });
    writing.removeIf(each -> each.client == process && endUse(each));
    holding.removeIf(each -> each.client == process && endUse(each));
    table.processDied(process, node.now);
  }

  private boolean endUse(Object user) {
    oracle.end(user);
    return true;
  }

  private void populate() {
    if (populating.isEmpty()) {
      return;
    }
    HeapRange extent = populating.removeFirst();
    table.populated(
        random.nextInt(4) == 0
            ? PopulateResult.stopped(extent, extent.sizeBytes() / 2, "no memory")
            : PopulateResult.complete(extent),
        node.now);
  }

  private void take() {
    for (ObjectEffect effect : table.takeEffects()) {
      switch (effect) {
        case ObjectEffect.Send(_, Packet packet) -> onPacket(packet);
        case ObjectEffect.Stream stream ->
            throw new AssertionError("every client shares memory: " + stream);
        case ObjectEffect.Populate(HeapRange extent) -> populating.add(extent);
        case ObjectEffect.StartTransfer start -> {
          Transferring next = new Transferring(start.key(), start.attempt(), start.destination());
          transferring.add(next);
          oracle.begin(next, start.destination(), true);
        }
        case ObjectEffect.CancelTransfer _ -> {
          // The transfer ends whenever it likes, in any way.
        }
        case ObjectEffect.Serve serve -> {
          Serving next = takeAsked(serve.ticket());
          serving.add(next);
          oracle.begin(next, serve.range(), false);
        }
        case ObjectEffect.ServeLater later -> {
          // Its thread closes the ticket like any other.
          Serving next = takeAsked(later.ticket());
          table.closeServe(next.ticket, next.key, node.now);
        }
        case ObjectEffect.RefuseServe refuse -> takeAsked(refuse.ticket());
        case ObjectEffect.Spill _,
            ObjectEffect.Restore _,
            ObjectEffect.CompactSpill _,
            ObjectEffect.DeleteSpill _ ->
            disk.begin(effect);
        case ObjectEffect.Warn _ -> {}
      }
    }
  }

  private Serving takeAsked(long ticket) {
    for (Serving each : servingAsked) {
      if (each.ticket == ticket) {
        servingAsked.remove(each);
        return each;
      }
    }
    throw new AssertionError("answer to a ticket that nobody has: " + ticket);
  }

  private void onPacket(Packet packet) {
    if (packet.hasLocationAdded() || packet.hasLocationRemoved() || packet.hasYieldArguments()) {
      return;
    }
    if (packet.hasAwaitObject()) {
      ownerSays(ObjectKey.of(packet.getAwaitObject().getId()));
      return;
    }
    Asked question = asked.remove(packet.getCorrelation());
    oracle.answered(packet.getCorrelation());
    if (question == null || packet.hasStoreFailure()) {
      return;
    }
    if (question.isCreate) {
      Writing next = new Writing(question.client, question.key);
      if (!writing.contains(next)) {
        writing.add(next);
        oracle.begin(
            next, new HeapRange(packet.getObjectCreated().getOffset(), question.sizeBytes), true);
      }
    } else {
      Holding next = new Holding(question.client, question.key, packet.getCorrelation());
      holding.add(next);
      oracle.begin(
          next,
          new HeapRange(
              packet.getObjectAvailable().getOffset(), packet.getObjectAvailable().getSizeBytes()),
          false);
    }
  }

  /** An owner is asked where an object is, and has news, or none, or does not answer. */
  private void ownerSays(ObjectKey key) {
    ObjectValue.Builder value = ObjectValue.newBuilder().setId(key.toProto());
    StoredObject stored =
        ObjectTableFixture.stored(key, sizeBytes(key), pick(NODES), pick(NODES)).toBuilder()
            .setAttempt(random.nextInt(6) / 5)
            .build();
    switch (random.nextInt(8)) {
      case 0 -> table.ownerSaid(value.setFailure(Failure.getDefaultInstance()).build(), node.now);
      case 1 -> table.ownerSaid(value.setValue(EncodedValue.newBuilder()).build(), node.now);
      case 2, 3, 4 -> table.ownerSaid(value.setStored(stored).build(), node.now);
      default -> {
        // It is slow, or dead.
      }
    }
  }

  private ObjectKey anyKey() {
    return new ObjectKey(pick(owners), random.nextInt(KEYS_PER_OWNER));
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
