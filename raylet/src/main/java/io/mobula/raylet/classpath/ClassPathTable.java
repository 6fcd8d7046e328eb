package io.mobula.raylet.classpath;

import io.mobula.proto.ClassPathEntry;
import io.mobula.proto.FailureKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The class paths of jobs, and the packages that were fetched for them. The raylet's loop owns it;
 * it is deterministic: events and the time go in, effects come out through {@link
 * ClassPathEffects}.
 *
 * <h2>How it works</h2>
 *
 * <p>A job's entries are looked at on this host. Those that are missing are fetched from the GCS by
 * their hash, one piece after another: the next is asked for when the last is on disk, so at most
 * one piece a package is in memory. Jobs that need the same package share one fetch. When the last
 * entry is there the job is ready; when one can't be had, the job fails with a message that names
 * the entry.
 *
 * <p>Packages that no running job uses are kept up to {@link #UNUSED_BYTES_MAX}, then the oldest is
 * deleted.
 */
public final class ClassPathTable {
  /** How long a piece may take. */
  static final long CHUNK_TIMEOUT_NANOS = 60_000_000_000L;

  /** What is kept of packages that no running job uses. */
  static final long UNUSED_BYTES_MAX = 1L << 30;

  /** Also the file's name. */
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  private final ClassPathEffects effects;
  private final UnaryOperator<String> pathOfPackage;
  private final Map<Integer, Job> jobs = new LinkedHashMap<>();
  private final Map<String, FetchedPackage> packages = new LinkedHashMap<>();

  /**
   * Makes a table without jobs.
   *
   * @param pathOfPackage where the file of a hash is
   */
  public ClassPathTable(UnaryOperator<String> pathOfPackage, ClassPathEffects effects) {
    this.pathOfPackage = pathOfPackage;
    this.effects = effects;
  }

  /** Makes a job's class path usable. Once a job. */
  public void prepare(int job, boolean isSameHost, List<ClassPathEntry> entries) {
    if (jobs.putIfAbsent(job, new Job(job, List.copyOf(entries))) == null) {
      effects.inspect(job, isSameHost, entries);
    }
  }

  /** The answer to inspect: one finding an entry. */
  public void inspected(int number, List<Inspection> findings, long nowNanos) {
    Job job = jobs.get(number);
    if (job == null) {
      return;
    }
    for (int i = 0; i < findings.size(); i++) {
      ClassPathEntry entry = job.entries.get(i);
      if (findings.get(i) == Inspection.MISSING && !HASH.matcher(entry.getSha256()).matches()) {
        jobs.remove(number);
        effects.failed(
            number,
            FailureKind.INVALID,
            entry.getSha256().isEmpty()
                ? "an entry of the program's class path is not there any more, or the raylet's user"
                    + " may not read it: path="
                    + entry.getPath()
                    + "; put it back and start the program again"
                : "not a SHA-256 in hex: path="
                    + entry.getPath()
                    + ", sha256="
                    + entry.getSha256());
        return;
      }
    }
    job.findings = List.copyOf(findings);
    for (int i = 0; i < findings.size(); i++) {
      if (findings.get(i) == Inspection.MISSING) {
        use(job, job.entries.get(i), nowNanos);
      }
    }
    finishIfWhole(job);
  }

  /** A piece came from the GCS. Pieces that were not asked for are ignored. */
  public void chunkArrived(String sha256, long offset, byte[] data, boolean isLast) {
    FetchedPackage found = packages.get(sha256);
    if (found != null && !found.isWhole && !found.isWriting && offset == found.sizeBytes) {
      found.isWriting = true;
      found.deadlineNanos = Long.MAX_VALUE;
      effects.write(sha256, offset, data, isLast);
    }
  }

  /** The GCS does not have it, or the driver can't read it any more. */
  public void chunkRefused(String sha256, String message, long nowNanos) {
    FetchedPackage found = packages.get(sha256);
    if (found != null && !found.isWhole) {
      abandon(found, message, nowNanos);
    }
  }

  /** A piece is on disk; if it was the last, the hash is right and the file has its name. */
  public void chunkWritten(String sha256, long endOffset, boolean isLast, long nowNanos) {
    FetchedPackage found = packages.get(sha256);
    if (found == null) {
      effects.delete(sha256);
      return;
    }
    found.isWriting = false;
    found.sizeBytes = endOffset;
    if (!isLast) {
      request(found, nowNanos);
      return;
    }
    found.isWhole = true;
    for (int user : List.copyOf(found.users)) {
      Job job = jobs.get(user);
      if (job != null) {
        finishIfWhole(job);
      }
    }
  }

  /** The piece could not be written, or the hash of the whole is wrong. */
  public void writeFailed(String sha256, String message, long nowNanos) {
    FetchedPackage found = packages.get(sha256);
    if (found != null) {
      found.isWriting = false;
      abandon(found, message, nowNanos);
    }
  }

  /** The job is over: what was fetched for it alone may go. */
  public void jobEnded(int number, long nowNanos) {
    Job job = jobs.remove(number);
    if (job == null) {
      return;
    }
    for (FetchedPackage used : List.copyOf(packages.values())) {
      if (used.users.remove(number)) {
        if (used.isWhole) {
          packages.remove(used.sha256);
          packages.put(used.sha256, used);
        } else if (used.users.isEmpty()) {
          forget(used);
        } else if (used.fetchingFor == number && !used.isWriting) {
          request(used, nowNanos);
        }
      }
    }
    deleteUnused();
  }

  /** When {@link #onTime} has something to do; {@link Long#MAX_VALUE} if never. */
  public long nextDeadlineNanos() {
    return packages.values().stream()
        .mapToLong(found -> found.deadlineNanos)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** Time went on. */
  public void onTime(long nowNanos) {
    for (FetchedPackage found : List.copyOf(packages.values())) {
      if (found.deadlineNanos <= nowNanos) {
        long seconds = CHUNK_TIMEOUT_NANOS / 1_000_000_000L;
        abandon(found, "it did not come in time: seconds=" + seconds, nowNanos);
      }
    }
  }

  private void use(Job job, ClassPathEntry entry, long nowNanos) {
    String sha256 = entry.getSha256();
    FetchedPackage known = packages.get(sha256);
    if (known != null) {
      known.users.add(job.number);
      return;
    }
    FetchedPackage fresh = new FetchedPackage(sha256, entry.getPath());
    fresh.users.add(job.number);
    packages.put(sha256, fresh);
    request(fresh, nowNanos);
  }

  private void request(FetchedPackage wanted, long nowNanos) {
    wanted.fetchingFor = wanted.users.iterator().next();
    wanted.deadlineNanos = nowNanos + CHUNK_TIMEOUT_NANOS;
    effects.requestChunk(wanted.sha256, wanted.sizeBytes, wanted.fetchingFor);
  }

  /**
   * The job it was fetched for fails. If others need it too, they try in their own name, from the
   * start.
   */
  private void abandon(FetchedPackage lost, String message, long nowNanos) {
    int failed = lost.fetchingFor;
    for (FetchedPackage other : List.copyOf(packages.values())) {
      if (other.users.remove(failed) && other.users.isEmpty() && !other.isWhole) {
        forget(other);
      }
    }
    if (jobs.remove(failed) != null) {
      effects.failed(
          failed,
          FailureKind.DEFINITION,
          "a class-path entry of the driver can't be had on this node: path="
              + lost.path
              + ", sha256="
              + lost.sha256
              + ": "
              + message);
    }
    if (packages.containsKey(lost.sha256)) {
      effects.delete(lost.sha256);
      lost.sizeBytes = 0;
      request(lost, nowNanos);
    }
  }

  private void forget(FetchedPackage unwanted) {
    packages.remove(unwanted.sha256);
    if (!unwanted.isWriting) {
      effects.delete(unwanted.sha256);
    }
  }

  private void deleteUnused() {
    long unusedBytes = 0;
    for (FetchedPackage found : List.copyOf(packages.values()).reversed()) {
      if (found.isWhole && found.users.isEmpty()) {
        unusedBytes += found.sizeBytes;
        if (unusedBytes > UNUSED_BYTES_MAX) {
          forget(found);
        }
      }
    }
  }

  private void finishIfWhole(Job job) {
    List<String> classPath = new ArrayList<>();
    List<Inspection> findings = job.findings;
    if (findings == null || job.isReady) {
      return;
    }
    for (int i = 0; i < findings.size(); i++) {
      ClassPathEntry entry = job.entries.get(i);
      switch (findings.get(i)) {
        case DUPLICATE -> {}
        case USABLE -> classPath.add(entry.getPath());
        case MISSING -> {
          FetchedPackage found = packages.get(entry.getSha256());
          if (found == null || !found.isWhole) {
            return;
          }
          classPath.add(pathOfPackage.apply(entry.getSha256()));
        }
      }
    }
    job.isReady = true;
    effects.ready(job.number, classPath);
  }

  /** A job whose class path is wanted. */
  private static final class Job {
    final int number;
    final List<ClassPathEntry> entries;
    @Nullable List<Inspection> findings;
    boolean isReady;

    Job(int number, List<ClassPathEntry> entries) {
      this.number = number;
      this.entries = entries;
    }
  }
}
