package io.mobula.agent.session;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files and folders that only their user may open: modes 0600 and 0700. */
final class PrivateFiles {
  static final Set<PosixFilePermission> FOLDER_MODE = PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FILE_MODE =
      PosixFilePermissions.fromString("rw-------");

  private PrivateFiles() {}

  static FileAttribute<Set<PosixFilePermission>> folderMode() {
    return PosixFilePermissions.asFileAttribute(FOLDER_MODE);
  }

  static Path createFolder(Path folder) throws IOException {
    return Files.createDirectory(folder, folderMode());
  }

  /** Readers see the old text, no file, or all of the new text. */
  static void writeAtomically(Path file, String text) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IOException("not a file: path=" + file);
    }
    Path draft =
        Files.createTempFile(
            parent, ".draft-", null, PosixFilePermissions.asFileAttribute(FILE_MODE));
    try {
      Files.writeString(draft, text, StandardCharsets.UTF_8);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(draft);
    }
  }
}
