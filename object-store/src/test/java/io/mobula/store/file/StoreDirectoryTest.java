package io.mobula.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoreDirectoryTest {

  @TempDir Path folder;

  @Test
  void shouldSayWhatToDoWhenThereIsNoSuchFolder() throws IOException {
    Path absent = folder.resolve("absent");
    assertThatThrownBy(() -> new StoreDirectory(absent).requireUsable())
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("does not exist", absent.toString(), "object-store-directory");
    Files.createFile(absent);
    assertThatThrownBy(() -> new StoreDirectory(absent).requireUsable())
        .isInstanceOf(IOException.class);
    StoreDirectory usable = new StoreDirectory(folder);
    usable.requireUsable();
    assertThat(usable.freeBytes()).isPositive();
  }
}
