package io.mobula.gcs.log;

import io.mobula.proto.GcsCommand;
import io.mobula.proto.GcsSnapshot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A log that lives as long as its process: for a cluster that ends with its head. A command is
 * committed as it is appended. Owner thread: the GCS's loop.
 */
public final class MemoryCommandLog implements CommandLog {
  /** Commands after the snapshot; the first is at {@code snapshotPosition + 1}. */
  private final ArrayDeque<GcsCommand> commands = new ArrayDeque<>();

  private final ArrayDeque<GcsCommand> toApply = new ArrayDeque<>();
  private @Nullable GcsSnapshot snapshot;
  private long snapshotPosition;
  private long appliedPosition;
  private @Nullable Applier applier;
  private boolean isApplying;

  @Override
  public Recovered recover() {
    return new Recovered(
        Optional.ofNullable(snapshot), snapshotPosition, new ArrayList<>(commands));
  }

  @Override
  public void open(Applier newApplier) {
    applier = newApplier;
    appliedPosition = lastPosition();
    toApply.clear();
  }

  @Override
  public long append(GcsCommand command) {
    Applier target = applier;
    if (target == null) {
      throw new IllegalStateException("the log is not open");
    }
    commands.addLast(command);
    toApply.addLast(command);
    long position = lastPosition();
    if (!isApplying) {
      isApplying = true;
      try {
        applyAll(target);
      } finally {
        isApplying = false;
      }
    }
    return position;
  }

  @Override
  public long lastPosition() {
    return snapshotPosition + commands.size();
  }

  @Override
  public void installSnapshot(long position, GcsSnapshot newSnapshot) {
    if (position < snapshotPosition || position > appliedPosition) {
      throw new IllegalArgumentException(
          "a snapshot must be of an applied position: position="
              + position
              + ", snapshot="
              + snapshotPosition
              + ", applied="
              + appliedPosition);
    }
    while (snapshotPosition < position) {
      commands.removeFirst();
      snapshotPosition++;
    }
    snapshot = newSnapshot;
  }

  @Override
  public void close() {
    applier = null;
  }

  private void applyAll(Applier target) {
    for (GcsCommand next = toApply.pollFirst(); next != null; next = toApply.pollFirst()) {
      appliedPosition++;
      target.apply(appliedPosition, next);
    }
  }
}
