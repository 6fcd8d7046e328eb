package io.mobula.store.spill;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The local disk as a spill target. */
final class LocalDiskTargetTest extends SpillTargetContract {

  @Override
  SpillTarget open(Path parent) throws IOException {
    return LocalDiskTarget.create(List.of(parent.resolve("a"), parent.resolve("b")));
  }

  @Override
  void spoil(SpillFile file, long offset) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            Path.of(file.place()), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      assertThat(channel.read(one, offset)).isOne();
      one.put(0, (byte) ~one.get(0)).flip();
      assertThat(channel.write(one, offset)).isOne();
    }
  }

  @Override
  boolean isEmpty(Path parent) throws IOException {
    try (var children = Files.list(parent)) {
      return children.findAny().isEmpty();
    }
  }

  @Test
  void shouldGoRoundTheDirectoriesAndBeThisUsersAloneWhenWritten() throws IOException {
    Path first = Path.of(write(2, 10).file().place());
    Path second = Path.of(write(3, 10).file().place());
    assertThat(first.getParent()).isNotEqualTo(second.getParent());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(first)))
        .isEqualTo("rw-------");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("target").resolve("a"))))
        .isEqualTo("rwx------");
  }

  @Test
  void shouldWriteOnWhenDirectoriesAreRemovedOrCannotBeMade() throws IOException {
    Path parent = folder.resolve("target");
    Files.delete(parent.resolve("a"));
    Files.delete(parent.resolve("b"));
    // A file in its place: that one can't be made again.
    Files.createFile(parent.resolve("b"));
    for (int number = 2; number <= 3; number++) {
      assertThat(Path.of(write(number, 10).file().place()).getParent())
          .isEqualTo(parent.resolve("a"));
    }
    Files.delete(parent.resolve("b"));
  }

  @Test
  void shouldSayWhereThereIsNoRoomAndLeaveNothingWhenDiskIsTooSmall() throws IOException {
    SpillItem huge = new SpillItem(new StoreKey(1, 1), new HeapRange(0, 1L << 50));
    SpillWrite result = target().write(new SpillBatch(1, List.of(huge)), store());
    assertThat(result).isInstanceOf(SpillWrite.NoRoom.class);
    assertThat(((SpillWrite.NoRoom) result).reason()).contains("target/a").contains("target/b");
    try (var files = Files.walk(folder.resolve("target"))) {
      assertThat(files.filter(Files::isRegularFile)).isEmpty();
    }
  }
}
