package io.mobula.gcs.log;

final class MemoryCommandLogTest extends CommandLogContract {
  @Override
  CommandLog create() {
    return new MemoryCommandLog();
  }

  @Override
  void settle(CommandLog log) {
    // Commits as it appends.
  }
}
