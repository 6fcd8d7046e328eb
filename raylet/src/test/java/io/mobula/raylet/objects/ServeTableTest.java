package io.mobula.raylet.objects;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.raylet.transfer.PartRequest;
import org.junit.jupiter.api.Test;

/** Who is served at once and who is sent to others. */
final class ServeTableTest {
  private static final int PARTS_MAX = 16;

  private final ServeTable table = new ServeTable(1);
  private final ObjectKey key = new ObjectKey(ProcessAddress.of(9, 1), 1);

  @Test
  void shouldSendReaderToOthersWhenManyPartsAreRead() {
    table.noteReader(request(2, false));
    readParts(PARTS_MAX - 1);
    assertThat(table.isBusy(request(3, false))).isFalse();
    table.begin(PARTS_MAX, key, true);
    assertThat(table.isBusy(request(3, false))).isTrue();
    assertThat(table.isBusy(request(2, false))).isFalse();
    table.end(PARTS_MAX);
    assertThat(table.isBusy(request(3, false))).isFalse();
  }

  @Test
  void shouldNeverSendReaderAwayWhenItCopiesFromTheFile() {
    table.noteReader(request(2, true));
    readParts(2 * PARTS_MAX);
    assertThat(table.isBusy(request(3, true))).isFalse();
  }

  @Test
  void shouldNameFileReadersToThoseFromAfar() {
    table.noteReader(request(2, true));
    assertThat(table.noteReader(request(3, false))).containsExactly(2);
  }

  private void readParts(int count) {
    for (int ticket = 1; ticket <= count; ticket++) {
      table.begin(ticket, key, true);
    }
  }

  private PartRequest request(int reader, boolean isFromFile) {
    return new PartRequest(key, 100, 0, 100, reader, isFromFile, 0);
  }
}
