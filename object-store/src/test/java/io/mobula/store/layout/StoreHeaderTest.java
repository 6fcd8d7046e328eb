package io.mobula.store.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class StoreHeaderTest {

  private static final StoreLayout LAYOUT = StoreLayout.ofCapacity(64 << 20);
  private static final StoreHeader HEADER =
      new StoreHeader(LAYOUT, 0x1234_5678_9ABCL, new StoreOwner(4711, 1_700_000_000_000L));

  @Test
  void shouldReadBackWhatWasWritten() throws StoreFormatException {
    assertThat(decode(HEADER.encode())).isEqualTo(HEADER);
  }

  @Test
  void shouldStartWithReadableMagic() {
    String magic = new String(HEADER.encode(), 0, 8, StandardCharsets.US_ASCII);
    assertThat(magic).isEqualTo("MOBULAST");
  }

  @Test
  void shouldSayUnfinishedWhenMagicIsMissing() {
    refuses(bytes -> bytes.putLong(0, 0), "has not finished");
  }

  @Test
  void shouldSayNoStoreWhenMagicIsAnother() {
    refuses(bytes -> bytes.putLong(0, 42), "it is no store file", "magic=000000000000002a");
  }

  @Test
  void shouldNameBothVersionsWhenVersionDiffers() {
    refuses(bytes -> bytes.putInt(8, 7), "version=7", "expected=" + StoreLayout.VERSION);
  }

  @Test
  void shouldNameBothLengthsWhenFileIsTruncated() {
    assertThatThrownBy(() -> StoreHeader.decode("f", ByteBuffer.wrap(HEADER.encode()), 5000))
        .isInstanceOf(StoreFormatException.class)
        .hasMessageContaining("lengthBytes=5000")
        .hasMessageContaining("headerBytes=" + LAYOUT.fileBytes());
  }

  @Test
  void shouldSayShorterThanHeaderWhenFileIsTiny() {
    byte[] tiny = Arrays.copyOf(HEADER.encode(), 100);
    assertThatThrownBy(() -> decode(tiny))
        .isInstanceOf(StoreFormatException.class)
        .hasMessageContaining("shorter than a header: lengthBytes=100");
  }

  @Test
  void shouldSayWhichUnitWhenSlotOrTableSizeDiffers() {
    refuses(bytes -> bytes.putInt(76, 32), "index slot", "bytes=32");
    refuses(bytes -> bytes.putInt(92, 1), "hold table", "bytes=1");
  }

  @Test
  void shouldSayDamagedWhenRegionsOverlap() {
    refuses(bytes -> bytes.putLong(96, 4096), "damaged", "heapOffset=4096");
  }

  @Test
  void shouldSayHeapDoesNotEndWithFileWhenHeapIsShorter() {
    refuses(bytes -> bytes.putLong(104, 4096), "heap does not end with the file");
  }

  private interface Damage {
    void apply(ByteBuffer bytes);
  }

  private static void refuses(Damage damage, String... messageParts) {
    byte[] header = HEADER.encode();
    damage.apply(ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN));
    assertThatThrownBy(() -> decode(header))
        .isInstanceOf(StoreFormatException.class)
        .hasMessageStartingWith("Cannot open store f: ")
        .hasMessageContainingAll(messageParts);
  }

  private static StoreHeader decode(byte[] header) throws StoreFormatException {
    return StoreHeader.decode("f", ByteBuffer.wrap(header), LAYOUT.fileBytes());
  }
}
