package io.mobula.worker.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessDied;
import io.mobula.worker.execute.Execution;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.object.Ownership.Registration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * Random histories: processes put, call, get and drop references to each other's objects, over a
 * network that delays and repeats; in some histories processes die.
 *
 * <p>The onlooker knows all tables. As long as a program holds a reference, its object's owner must
 * have it; when everything is dropped and delivered, nothing may be left anywhere. What a dead
 * process knew, or was being handed over when one died, may be lost, and only that.
 */
@Timeout(120)
final class OwnershipHistoryTest {
  private static final int HISTORIES = 60;
  private static final int STEPS = 400;
  private static final int PROCESSES = 4;

  @TestFactory
  Stream<DynamicTest> shouldFreeWhatNobodyHoldsAndOnlyThatWhenNobodyDies() {
    return histories(0);
  }

  @TestFactory
  Stream<DynamicTest> shouldFreeWhatNobodyHoldsAndOnlyThatWhenProcessesDie() {
    return histories(2);
  }

  private static Stream<DynamicTest> histories(int deaths) {
    return ThreadLocalRandom.current()
        .longs(HISTORIES)
        .mapToObj(seed ->
            DynamicTest.dynamicTest("seed " + seed, () -> new History(seed, deaths).play()));
  }

  /** One history. The same seed gives the same one. */
  private static final class History {
    private final long seed;
    private final int deaths;
    private final Random random;
    private final VirtualNetwork network;
    private final Map<Long, VirtualProcess> living = new LinkedHashMap<>();
    private final Set<ObjectKey> mayBeLost = new HashSet<>();

    History(long seed, int deaths) {
      this.seed = seed;
      this.deaths = deaths;
      this.random = new Random(seed);
      this.network = new VirtualNetwork(random);
      for (int i = 1; i <= PROCESSES; i++) {
        long address = ProcessAddress.of(i, 1);
        living.put(address, new VirtualProcess(address, network));
      }
    }

    void play() {
      for (int step = 0; step < STEPS; step++) {
        if (deaths > 0 && random.nextInt(STEPS) < deaths && living.size() > 2) {
          kill(one(List.copyOf(living.values())));
        } else if (random.nextInt(2) == 0) {
          deliver();
        } else {
          act(one(List.copyOf(living.values())));
        }
        check(step);
      }
      end();
    }

    private void act(VirtualProcess process) {
      int turnLength = 1 + random.nextInt(3);
      for (int i = 0; i < turnLength; i++) {
        switch (random.nextInt(6)) {
          case 0 -> process.put(some(process));
          case 1 -> process.call(one(List.copyOf(living.keySet())), some(process), some(process));
          case 2 -> runOne(process);
          case 3 -> some(process).forEach(process::get);
          default -> {
            if (!process.held.isEmpty()) {
              process.drop(one(process.held));
            }
          }
        }
      }
      process.flush();
    }

    private void runOne(VirtualProcess process) {
      if (!process.waiting.isEmpty()) {
        Execution execution = process.waiting.removeFirst();
        process.run(execution, some(process));
      }
    }

    private boolean deliver() {
      Packet packet = network.deliver();
      if (packet == null) {
        return false;
      }
      VirtualProcess to = living.get(packet.getTo());
      if (to != null) {
        to.receive(packet);
        to.flush();
      } else if (packet.hasSubscribeActor()) {
        subscribed(packet);
      }
      return true;
    }

    /** The GCS's part. */
    private void subscribed(Packet packet) {
      long actorHome = packet.getSubscribeActor().getId().getOwner();
      network.send(
          living.containsKey(actorHome)
              ? Packet.newBuilder()
                  .setFrom(ProcessAddress.GCS)
                  .setTo(packet.getFrom())
                  .setActorState(VirtualProcess.alive(actorHome))
                  .build()
              : death(actorHome, ProcessAddress.GCS, packet.getFrom()));
    }

    private void kill(VirtualProcess process) {
      process.table().entries().forEach(entry -> mayBeLost.add(entry.key()));
      process.held.forEach(entry -> mayBeLost.add(entry.key()));
      living.remove(process.self());
      for (VirtualProcess other : living.values()) {
        for (ObjectEntry entry : other.table().entries()) {
          if (entry.ownership().registration() == Registration.SENT) {
            mayBeLost.add(entry.key());
          }
        }
        // The news comes after everything that the dead process sent, and after the GCS's.
        network.send(death(process.self(), process.self(), other.self()));
        network.send(death(process.self(), ProcessAddress.GCS, other.self()));
      }
      network.die(process.self());
    }

    private static Packet death(long dead, long from, long to) {
      return Packet.newBuilder()
          .setFrom(from)
          .setTo(to)
          .setProcessDied(ProcessDied.newBuilder().setAddress(dead))
          .build();
    }

    private void check(int step) {
      for (VirtualProcess process : living.values()) {
        for (ObjectEntry entry : process.held) {
          VirtualProcess owner = living.get(entry.key().owner());
          if (owner == null || mayBeLost.contains(entry.key())) {
            continue;
          }
          ObjectEntry owned = owner.table().find(entry.key());
          assertThat(owned != null && owned.retains() > 0)
              .as("seed=%d, step=%d: freed while held: %s", seed, step, entry)
              .isTrue();
          assertThat(entry.outcome() instanceof Outcome.Failed && deaths == 0)
              .as("seed=%d, step=%d: failed while held: %s", seed, step, entry)
              .isFalse();
        }
      }
    }

    private void end() {
      boolean isBusy = true;
      while (isBusy) {
        isBusy = false;
        for (VirtualProcess process : living.values()) {
          isBusy |= !process.waiting.isEmpty() || !process.held.isEmpty();
          runOne(process);
          List.copyOf(process.held).forEach(process::drop);
          process.flush();
        }
        while (deliver()) {
          isBusy = true;
        }
      }
      for (VirtualProcess process : living.values()) {
        assertThat(process.table().entries()).as("left over, seed=%d", seed).isEmpty();
        assertThat(process.openRequests()).as("open requests, seed=%d", seed).isZero();
        assertThat(process.handovers()).as("handovers, seed=%d", seed).isZero();
      }
    }

    private List<ObjectEntry> some(VirtualProcess process) {
      List<ObjectEntry> chosen = new ArrayList<>();
      for (int i = random.nextInt(3); i > 0 && !process.held.isEmpty(); i--) {
        chosen.add(one(process.held));
      }
      return chosen;
    }

    private <T> T one(List<T> all) {
      return all.get(random.nextInt(all.size()));
    }
  }
}
