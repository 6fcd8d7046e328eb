package io.mobula.raylet.objects;

import io.mobula.store.spill.SpillBatch;
import io.mobula.store.spill.SpillCompaction;
import io.mobula.store.spill.SpillFile;
import io.mobula.store.spill.SpillRead;
import io.mobula.store.spill.SpillTarget;
import io.mobula.store.spill.SpillWrite;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Moves bytes between the store and its spill target, each piece of work on a thread of its own.
 *
 * <p>Owner thread: the raylet's loop, which also learns of the results. How much is under way at a
 * time is {@link NodeObjectTable}'s to decide.
 */
final class SpillWorks {

  private static final System.Logger LOG = System.getLogger(SpillWorks.class.getName());

  /** Learns of results, on the loop. */
  interface Results {
    void spilled(SpillBatch batch, SpillWrite result);

    void restored(ObjectEffect.Restore restore, SpillRead result);

    void compacted(SpillCompaction compaction, SpillWrite result);

    void deleted(SpillFile file);

    /** After each of the others, and after a deletion that failed. */
    void ended();
  }

  private final SpillTarget target;
  private final ObjectEnvironment environment;
  private final StoreMapping store;
  private final Results results;
  private int running;

  /**
   * @param store closed by others, when this is not busy
   */
  SpillWorks(
      SpillTarget target, StoreMapping store, ObjectEnvironment environment, Results results) {
    this.target = target;
    this.environment = environment;
    this.results = results;
    this.store = store;
  }

  /** Where the files are, for people. */
  String describe() {
    return target.describe();
  }

  boolean isBusy() {
    return running > 0;
  }

  void spill(SpillBatch batch) {
    run(() -> store.spill(target, batch), result -> results.spilled(batch, result));
  }

  void restore(ObjectEffect.Restore restore) {
    run(
        () -> store.restore(target, restore.slot(), restore.destination()),
        result -> results.restored(restore, result));
  }

  void compact(SpillCompaction compaction) {
    run(() -> target.compact(compaction), result -> results.compacted(compaction, result));
  }

  void delete(SpillFile file) {
    run(
        () -> {
          try {
            target.delete(file);
            return true;
          } catch (IOException e) {
            LOG.log(Level.WARNING, "a spill file can''t be deleted: {0}", e.toString());
            return false;
          }
        },
        isDeleted -> {
          if (isDeleted) {
            results.deleted(file);
          }
        });
  }

  private <T> void run(Supplier<T> work, Consumer<T> onResult) {
    running++;
    environment
        .threads()
        .execute(() -> {
          T result = work.get();
          environment
              .loop()
              .post(() -> {
                running--;
                onResult.accept(result);
                results.ended();
              });
        });
  }
}
