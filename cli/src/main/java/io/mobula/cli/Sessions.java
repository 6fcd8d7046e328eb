package io.mobula.cli;

import io.mobula.agent.session.PropertiesFile;
import io.mobula.agent.session.SessionRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The sessions that {@code mobula start} made on this machine, marked as such in their folders. */
final class Sessions {
  /** In the folder of a session that this command made. */
  private static final String MARK = "started-by-command";

  private static final String HEAD = "gcs-server";
  private static final String GCS_FILE = "gcs.properties";
  private static final String RAYLET_FILE = "raylet.properties";

  private Sessions() {}

  /**
   * A daemon that said it is ready.
   *
   * @param address where it is reached
   */
  record Daemon(String kind, long pid, String address, Path session) {}

  static void mark(Path session) throws IOException {
    Files.createFile(session.resolve(MARK));
  }

  /** The daemons of all marked sessions, heads last. */
  static List<Daemon> daemons(SessionRoot root) throws IOException {
    List<Daemon> daemons = new ArrayList<>();
    for (Path session : root.sessions()) {
      if (Files.exists(session.resolve(MARK))) {
        daemons.addAll(daemonsOf(session));
      }
    }
    // A node that ends after its head ends as one that has lost it.
    daemons.sort(Comparator.comparing(daemon -> daemon.kind().equals(HEAD)));
    return daemons;
  }

  static List<Daemon> daemonsOf(Path session) throws IOException {
    List<Daemon> daemons = new ArrayList<>();
    try (Stream<Path> children = Files.list(session)) {
      for (Path child : children.sorted().toList()) {
        Path ready = child.resolve(RAYLET_FILE);
        if (Files.exists(ready)) {
          Map<String, String> said = PropertiesFile.read(ready);
          daemons.add(
              new Daemon(
                  "raylet",
                  Long.parseLong(said.getOrDefault("pid", "0")),
                  said.getOrDefault("rpcAddress", ""),
                  session));
        }
      }
    }
    Path gcs = session.resolve(GCS_FILE);
    if (Files.exists(gcs)) {
      Map<String, String> said = PropertiesFile.read(gcs);
      daemons.add(
          new Daemon(
              HEAD,
              Long.parseLong(said.getOrDefault("pid", "0")),
              said.getOrDefault("address", ""),
              session));
    }
    return daemons;
  }
}
