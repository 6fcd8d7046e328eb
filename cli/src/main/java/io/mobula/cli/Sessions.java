package io.mobula.cli;

import io.mobula.agent.session.PropertiesFile;
import io.mobula.agent.session.SessionRoot;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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

  private static final Logger LOG = System.getLogger(Sessions.class.getName());

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
        add(daemons, "raylet", child.resolve(RAYLET_FILE), "rpcAddress", session);
      }
    }
    add(daemons, HEAD, session.resolve(GCS_FILE), "address", session);
    return daemons;
  }

  /** What a daemon said, unless it is not ready yet, or gone with its file meanwhile. */
  private static void add(
      List<Daemon> daemons, String kind, Path file, String addressKey, Path session)
      throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    try {
      Map<String, String> said = PropertiesFile.read(file);
      long pid = Long.parseLong(said.getOrDefault("pid", ""));
      daemons.add(new Daemon(kind, pid, said.getOrDefault(addressKey, ""), session));
    } catch (NoSuchFileException e) {
      LOG.log(Level.DEBUG, "a daemon has ended meanwhile: file=" + file, e);
    } catch (NumberFormatException e) {
      LOG.log(Level.WARNING, "names no process; whose it was must be ended by hand: file=" + file);
    }
  }
}
