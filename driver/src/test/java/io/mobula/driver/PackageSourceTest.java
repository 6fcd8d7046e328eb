package io.mobula.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.proto.FailureKind;
import io.mobula.proto.PutPackage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a driver sends of its class path. */
final class PackageSourceTest {
  private static final int CHUNK_BYTES = 512 << 10;

  private final PackageSource source = new PackageSource();

  @TempDir Path folder;

  /** Pieces follow each other without gaps, only the final one says so, none is too large. */
  @ParameterizedTest
  @CsvSource({"0,1", "1,1", "524287,1", "524288,1", "524289,2", "1048577,3"})
  void shouldCutAFileIntoPiecesWhoseHashIsTheOneAnnounced(int size, int pieces) throws IOException {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i * 31 + (i >>> 8));
    }
    PackageSource.Content content =
        source.add(Files.write(folder.resolve("a b \u00e4.jar"), bytes));
    List<PutPackage> sent = send(content.sha256());
    assertThat(sent).hasSize(pieces);
    assertThat(joined(sent)).isEqualTo(bytes);
    assertThat(content).isEqualTo(new PackageSource.Content(sha256(bytes), size));
    assertThat(sent).allMatch(piece -> piece.getData().size() <= CHUNK_BYTES);
    assertThat(sent.stream().filter(PutPackage::getLast)).containsExactly(sent.getLast());
  }

  @Test
  void shouldGiveEqualFoldersOneHashWhateverTheirPlaceAndTimes() throws IOException {
    Path one = classes(folder.resolve("one"), "b/B.class", "a/A.class");
    Path other = classes(folder.resolve("other place"), "a/A.class", "b/B.class");
    Files.setLastModifiedTime(other.resolve("a/A.class"), FileTime.fromMillis(1_000_000_000_000L));
    PackageSource.Content content = source.add(one);
    assertThat(new PackageSource().add(other)).isEqualTo(content);
    Files.writeString(other.resolve("a/A.class"), "changed");
    assertThat(source.add(other).sha256()).isNotEqualTo(content.sha256());
  }

  @Test
  void shouldSendAFolderAsAJarOfItsFiles() throws IOException {
    PackageSource.Content content =
        source.add(classes(folder.resolve("classes"), "b/B.class", "a/A.class"));
    byte[] jar = joined(send(content.sha256()));
    assertThat(jar).hasSize((int) content.sizeBytes());
    assertThat(sha256(jar)).isEqualTo(content.sha256());
    List<String> names = new ArrayList<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(jar))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        names.add(entry.getName());
        assertThat(new String(zip.readAllBytes(), StandardCharsets.UTF_8))
            .isEqualTo(entry.getName());
      }
    }
    assertThat(names).containsExactly("a/A.class", "b/B.class");
  }

  @Test
  void shouldSayThatTheFileIsUnreadableWhenItIsGone() throws IOException {
    Path jar = Files.writeString(folder.resolve("gone.jar"), "content");
    String sha256 = source.add(jar).sha256();
    Files.delete(jar);
    assertRefused(sha256, "the driver can't read " + jar + ": ");
  }

  @Test
  void shouldRefuseHashesThatItNeverAnnounced() {
    assertRefused("00".repeat(32), "the driver has no class-path entry of this hash");
  }

  private void assertRefused(String sha256, String message) {
    List<PutPackage> sent = send(sha256);
    assertThat(sent).hasSize(1);
    PutPackage refusal = sent.getFirst();
    assertThat(refusal.getSha256()).isEqualTo(sha256);
    assertThat(refusal.getFailure().getKind()).isEqualTo(FailureKind.NOT_FOUND);
    assertThat(refusal.getFailure().getMessage()).startsWith(message);
    assertThat(refusal.getLast()).isFalse();
  }

  private List<PutPackage> send(String sha256) {
    List<PutPackage> sent = new ArrayList<>();
    source.send(sha256, packet -> sent.add(packet.build().getPutPackage()));
    return sent;
  }

  private static byte[] joined(List<PutPackage> pieces) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (PutPackage piece : pieces) {
      assertThat(piece.getOffset()).isEqualTo(all.size());
      all.writeBytes(piece.getData().toByteArray());
    }
    return all.toByteArray();
  }

  /** Each file holds its own name. */
  private static Path classes(Path root, String... names) throws IOException {
    for (String name : names) {
      Path file = root.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, name);
    }
    return root;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
