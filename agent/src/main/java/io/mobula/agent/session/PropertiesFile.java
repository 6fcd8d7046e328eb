package io.mobula.agent.session;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * The file by which a daemon says that it is ready and where: {@code gcs.properties} and {@code
 * raylet.properties}. Mode 0600; it appears whole or not at all.
 */
public final class PropertiesFile {
  private PropertiesFile() {}

  /** Writes the entries, replacing the file. */
  public static void write(Path file, Map<String, String> entries) throws IOException {
    Properties properties = new Properties();
    properties.putAll(entries);
    StringWriter text = new StringWriter();
    properties.store(text, null);
    PrivateFiles.writeAtomically(file, text.toString());
  }

  /** Reads the entries, sorted by key. */
  public static Map<String, String> read(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IllegalArgumentException e) {
      throw new IOException("not a properties file: path=" + file + ": " + e.getMessage(), e);
    }
    Map<String, String> entries = new TreeMap<>();
    for (String name : properties.stringPropertyNames()) {
      entries.put(name, properties.getProperty(name));
    }
    return entries;
  }
}
