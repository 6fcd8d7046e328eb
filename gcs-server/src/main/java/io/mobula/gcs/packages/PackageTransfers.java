package io.mobula.gcs.packages;

import com.google.protobuf.ByteString;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.gcs.state.GcsPackets;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.GetPackage;
import io.mobula.proto.NeedPackage;
import io.mobula.proto.PackageChunk;
import io.mobula.proto.Packet;
import io.mobula.proto.PutPackage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Brings packages from drivers to raylets. Owner thread: the GCS's loop.
 *
 * <pre>
 *   absent --GetPackage: ask the job's driver--&gt; ASKED --first piece--&gt; RECEIVING
 *   RECEIVING --last piece, hash right--&gt; READY --evicted--&gt; absent
 *   ASKED, RECEIVING --driver died or failed, hash wrong, too large--&gt; absent, waiters refused
 *                    (or the driver of another waiter's job is asked)
 * </pre>
 *
 * A repeated GetPackage waits twice and is answered twice with the same bytes. Pieces of a driver
 * that is not the one asked are dropped.
 */
public final class PackageTransfers {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private final PackageFiles files;
  private final PackageLimits limits;
  private final IntFunction<OptionalLong> driverOfJob;
  private final Consumer<Packet> sender;

  /** In the order of their last use. */
  private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  private long readyBytes;

  /**
   * What it works with.
   *
   * @param driverOfJob the address of a running job's driver
   * @param sender sends a packet to its addressee
   */
  public PackageTransfers(
      PackageFiles files,
      PackageLimits limits,
      IntFunction<OptionalLong> driverOfJob,
      Consumer<Packet> sender) {
    this.files = files;
    this.limits = limits;
    this.driverOfJob = driverOfJob;
    this.sender = sender;
  }

  /** A raylet wants a piece. */
  public void onGet(GetPackage get, long from, long correlation) {
    Waiter waiter = new Waiter(from, correlation, get.getOffset(), get.getJob());
    if (!SHA256.matcher(get.getSha256()).matches() || get.getOffset() < 0) {
      refuse(
          waiter,
          GcsPackets.failure(
              FailureKind.INVALID,
              "not a package: sha256=" + get.getSha256() + ", offset=" + get.getOffset()));
      return;
    }
    Entry entry = entries.computeIfAbsent(get.getSha256(), Entry::new);
    if (entry.isReady) {
      answer(entry, waiter);
    } else if (entry.waiters.size() >= limits.waiterCountMax()) {
      refuse(
          waiter,
          GcsPackets.failure(
              FailureKind.INTERNAL,
              "too many nodes wait for the package: sha256="
                  + entry.sha256
                  + ", limit="
                  + limits.waiterCountMax()));
    } else {
      entry.waiters.add(waiter);
      if (entry.driver == 0) {
        askNextDriver(entry, null);
      }
    }
  }

  /** A driver sent a piece. */
  public void onPut(PutPackage put, long from) {
    Entry entry = entries.get(put.getSha256());
    if (entry == null || entry.isReady || entry.driver != from) {
      return;
    }
    if (put.hasFailure()) {
      giveUp(entry, put.getFailure());
      return;
    }
    long end = put.getOffset() + put.getData().size();
    if (put.getOffset() != entry.receivedBytes) {
      giveUp(
          entry,
          GcsPackets.failure(
              FailureKind.INVALID,
              "a piece of the package is missing: sha256="
                  + entry.sha256
                  + ", expected offset="
                  + entry.receivedBytes
                  + ", got="
                  + put.getOffset()));
    } else if (end > limits.packageBytesMax()) {
      giveUp(
          entry,
          GcsPackets.failure(
              FailureKind.INVALID,
              "the class-path entry is too large: sha256="
                  + entry.sha256
                  + ", limit="
                  + limits.packageBytesMax()
                  + " bytes (gcs.package-size-max)"));
    } else {
      receive(entry, put, end);
    }
  }

  /** A process, or all of a node, died: it neither waits nor sends any more. */
  public void onDeath(long dead) {
    for (Entry entry : List.copyOf(entries.values())) {
      entry.waiters.removeIf(waiter -> ProcessAddress.diesWith(waiter.from, dead));
      if (entry.driver != 0 && ProcessAddress.diesWith(entry.driver, dead)) {
        giveUp(
            entry,
            GcsPackets.failure(
                FailureKind.DEFINITION,
                "the driver that has the class-path entry died: sha256="
                    + entry.sha256
                    + ", driver="
                    + ProcessAddress.describe(dead)));
      }
    }
  }

  private void receive(Entry entry, PutPackage put, long end) {
    int attempt = entry.attempt;
    files.append(
        entry.sha256,
        entry.receivedBytes == 0,
        put.getData(),
        (size, error) -> {
          if (error != null && entry.attempt == attempt) {
            giveUp(entry, GcsPackets.failure(FailureKind.INTERNAL, onDisk(entry, error)));
          }
        });
    entry.receivedBytes = end;
    if (put.getLast()) {
      files.complete(entry.sha256, (size, error) -> onComplete(entry, attempt, error));
    }
  }

  private void onComplete(Entry entry, int attempt, @Nullable String error) {
    if (entry.attempt != attempt) {
      return;
    }
    if (error != null) {
      giveUp(entry, GcsPackets.failure(FailureKind.INVALID, onDisk(entry, error)));
      return;
    }
    entry.isReady = true;
    entry.driver = 0;
    readyBytes += entry.receivedBytes;
    List<Waiter> waiters = List.copyOf(entry.waiters);
    entry.waiters.clear();
    waiters.forEach(waiter -> answer(entry, waiter));
    evict(entry);
  }

  private void answer(Entry entry, Waiter waiter) {
    files.read(
        entry.sha256,
        waiter.offset,
        limits.chunkBytesMax(),
        (data, error) -> {
          if (error == null) {
            sender.accept(chunk(entry, waiter, data));
          } else {
            refuse(waiter, GcsPackets.failure(FailureKind.INTERNAL, onDisk(entry, error)));
          }
        });
  }

  private static Packet chunk(Entry entry, Waiter waiter, ByteString data) {
    return GcsPackets.packet(waiter.from, waiter.correlation)
        .setPackageChunk(
            PackageChunk.newBuilder()
                .setSha256(entry.sha256)
                .setOffset(waiter.offset)
                .setData(data)
                .setLast(waiter.offset + data.size() >= entry.receivedBytes))
        .build();
  }

  /** The attempt failed; another driver may still have it. */
  private void giveUp(Entry entry, Failure failure) {
    long failed = entry.driver;
    entry.waiters.removeIf(waiter -> {
      OptionalLong driver = driverOfJob.apply(waiter.job);
      boolean isHopeless = driver.isEmpty() || driver.getAsLong() == failed;
      if (isHopeless) {
        refuse(waiter, failure);
      }
      return isHopeless;
    });
    files.delete(entry.sha256);
    askNextDriver(entry, failure);
  }

  /** Asks the driver of the first waiter that has one; refuses those without. */
  private void askNextDriver(Entry entry, @Nullable Failure reason) {
    entry.attempt++;
    entry.receivedBytes = 0;
    entry.driver = 0;
    while (!entry.waiters.isEmpty()) {
      Waiter first = entry.waiters.getFirst();
      OptionalLong driver = driverOfJob.apply(first.job);
      if (driver.isPresent()) {
        entry.driver = driver.getAsLong();
        sender.accept(
            GcsPackets.packet(entry.driver, 0)
                .setNeedPackage(NeedPackage.newBuilder().setSha256(entry.sha256))
                .build());
        return;
      }
      entry.waiters.removeFirst();
      refuse(
          first,
          reason != null
              ? reason
              : GcsPackets.failure(
                  FailureKind.DEFINITION,
                  "nobody has the class-path entry: sha256="
                      + entry.sha256
                      + ", job="
                      + first.job
                      + " has ended"));
    }
    entries.remove(entry.sha256);
  }

  private void evict(Entry keep) {
    List<Entry> oldestFirst = new ArrayList<>(entries.values());
    for (Entry entry : oldestFirst) {
      if (readyBytes <= limits.cacheBytesMax()) {
        return;
      }
      if (entry.isReady && entry != keep) {
        entries.remove(entry.sha256);
        readyBytes -= entry.receivedBytes;
        files.delete(entry.sha256);
      }
    }
  }

  private void refuse(Waiter waiter, Failure failure) {
    sender.accept(GcsPackets.refusal(waiter.from, waiter.correlation, failure));
  }

  private static String onDisk(Entry entry, String error) {
    return "the class-path entry could not be kept: sha256=" + entry.sha256 + ", cause=" + error;
  }

  private record Waiter(long from, long correlation, long offset, int job) {}

  private static final class Entry {
    final String sha256;
    final List<Waiter> waiters = new ArrayList<>();
    boolean isReady;
    long driver;
    long receivedBytes;

    /** Raised with each driver asked, so that results of an earlier attempt are dropped. */
    int attempt;

    Entry(String sha256) {
      this.sha256 = sha256;
    }
  }
}
