package io.mobula.driver;

import io.mobula.proto.ClassPathEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The driver's class path, as workers need it: every jar and folder by absolute path, and, for
 * nodes on other hosts, by content.
 */
final class ClassPathScan {
  private final List<Path> paths;

  /** Of these folders and jars, which exist. */
  ClassPathScan(List<Path> paths) {
    this.paths = List.copyOf(paths);
  }

  /** The entries for nodes that all are on this host: they read the same files. */
  List<ClassPathEntry> byPath() {
    List<ClassPathEntry> entries = new ArrayList<>();
    for (Path path : paths) {
      entries.add(
          ClassPathEntry.newBuilder()
              .setPath(path.toString())
              .setIsFolder(Files.isDirectory(path))
              .build());
    }
    return entries;
  }

  /**
   * The entries with their hashes, for nodes anywhere.
   *
   * @param packages gets what hash is which file or folder
   */
  List<ClassPathEntry> byContent(PackageSource packages) throws IOException {
    List<ClassPathEntry> entries = new ArrayList<>();
    for (Path path : paths) {
      PackageSource.Content content = packages.add(path);
      entries.add(
          ClassPathEntry.newBuilder()
              .setPath(path.toString())
              .setIsFolder(Files.isDirectory(path))
              .setSha256(content.sha256())
              .setSizeBytes(content.sizeBytes())
              .build());
    }
    return entries;
  }
}
