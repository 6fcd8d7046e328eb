package io.mobula.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.proto.ClassPathEntry;
import io.mobula.proto.PutPackage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClassPathScanTest {
  @TempDir private Path folder;

  private final PackageSource packages = new PackageSource();
  private Path jar;
  private Path classes;

  @BeforeEach
  void make() throws Exception {
    jar = Files.write(folder.resolve("a.jar"), new byte[700_000]);
    classes = Files.createDirectories(folder.resolve("classes"));
    Files.createDirectories(classes.resolve("demo"));
    Files.writeString(classes.resolve("demo/b.txt"), "b");
    Files.writeString(classes.resolve("a.txt"), "a");
  }

  @Test
  void shouldNameFilesWhenAllNodesReadThem() {
    List<ClassPathEntry> entries = new ClassPathScan(List.of(jar, classes)).byPath();
    assertThat(entries)
        .extracting(ClassPathEntry::getPath)
        .containsExactly(jar.toString(), classes.toString());
    assertThat(entries).extracting(ClassPathEntry::getIsFolder).containsExactly(false, true);
    assertThat(entries).extracting(ClassPathEntry::getSha256).containsOnly("");
  }

  @Test
  void shouldHashAJarAsItIsAndSendItInPieces() throws Exception {
    ClassPathEntry entry = new ClassPathScan(List.of(jar)).byContent(packages).getFirst();
    assertThat(entry.getSizeBytes()).isEqualTo(700_000);
    assertThat(entry.getSha256()).isEqualTo(sha256(new byte[700_000]));
    List<PutPackage> pieces = send(entry.getSha256());
    assertThat(pieces).hasSize(2);
    assertThat(pieces).extracting(PutPackage::getLast).containsExactly(false, true);
    assertThat(pieces.get(1).getOffset()).isEqualTo(pieces.get(0).getData().size());
    assertThat(sha256(join(pieces))).isEqualTo(entry.getSha256());
  }

  @Test
  void shouldSendAFolderAsAJarThatIsAlwaysTheSame() throws Exception {
    ClassPathEntry entry = new ClassPathScan(List.of(classes)).byContent(packages).getFirst();
    byte[] bytes = join(send(entry.getSha256()));
    assertThat(sha256(bytes)).isEqualTo(entry.getSha256());
    List<String> names = new ArrayList<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (var file = zip.getNextEntry(); file != null; file = zip.getNextEntry()) {
        names.add(file.getName());
      }
    }
    assertThat(names).containsExactly("a.txt", "demo/b.txt");
  }

  @Test
  void shouldSayWhatIsMissingWhenAPackageIsUnknownOrGone() throws Exception {
    ClassPathEntry entry = new ClassPathScan(List.of(jar)).byContent(packages).getFirst();
    Files.delete(jar);
    assertThat(send(entry.getSha256()).getLast().getFailure().getMessage()).contains("a.jar");
    assertThat(send("00").getLast().getFailure().getMessage()).contains("no class-path entry");
  }

  private List<PutPackage> send(String sha256) {
    List<PutPackage> pieces = new ArrayList<>();
    packages.send(sha256, packet -> pieces.add(packet.getPutPackage()));
    return pieces;
  }

  private static byte[] join(List<PutPackage> pieces) throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (PutPackage piece : pieces) {
      piece.getData().writeTo(all);
    }
    return all.toByteArray();
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
