package io.mobula.gcs.log;

import io.mobula.proto.GcsCommand;
import io.mobula.proto.GcsSnapshot;
import java.util.List;
import java.util.Optional;

/**
 * An ordered, durable sequence of commands, and a snapshot that stands for its beginning. Owner
 * thread: the GCS's loop.
 *
 * <p>Positions count from 1 and never repeat. A command is <em>committed</em> once it can't be lost
 * any more as far as this log is concerned; committed commands are handed to the {@link Applier} in
 * the order of their positions, each once, on the owner thread, during {@link #append} or later,
 * and never inside another call of the applier: a command appended by an applier is applied after
 * it returns.
 */
public interface CommandLog extends AutoCloseable {
  /**
   * What there is already: a snapshot, and the commands after it.
   *
   * @param snapshot empty if none was installed
   * @param snapshotPosition the last position that the snapshot stands for, 0 without one
   * @param commands from {@code snapshotPosition + 1} on
   */
  record Recovered(
      Optional<GcsSnapshot> snapshot, long snapshotPosition, List<GcsCommand> commands) {
    /** Copies the list. */
    public Recovered {
      commands = List.copyOf(commands);
    }
  }

  /** Receives committed commands. */
  interface Applier {
    void apply(long position, GcsCommand command);
  }

  /** Reads back what survived. */
  Recovered recover();

  /** Names the applier, before the first {@link #append}. */
  void open(Applier applier);

  /**
   * Adds a command.
   *
   * @return its position
   */
  long append(GcsCommand command);

  /** The position of the last command appended, 0 if there was none. */
  long lastPosition();

  /**
   * Replaces everything up to a position by a snapshot of the state after it.
   *
   * @param position of a command that was applied, not before the last snapshot's
   */
  void installSnapshot(long position, GcsSnapshot snapshot);

  @Override
  void close();
}
