package io.mobula.examples.census;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * All class files to count, as one block of memory: which there are, and in which module each class
 * is. The driver puts it once; every task reads it where it lies in shared memory, with no copy.
 * Immutable.
 *
 * <pre>
 * header   isJdk, containers, classes, slots                 4 ints
 * slots    hash table: class + 1, or 0                       slots × 1 int
 * names    containers, then classes:
 *          container, hash of the name, offset, length       (containers + classes) × 4 ints
 * text     the names in UTF-8, one after the other
 * </pre>
 *
 * <p>A container is a module of the JDK or a jar. If two hold a class of the same name, the first
 * is found.
 */
final class ClassTable {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int HEADER_INTS = 4;
  private static final int ROW_INTS = 4;
  private static final int ROW_HASH = 1;
  private static final int ROW_OFFSET = 2;
  private static final int ROW_LENGTH = 3;

  private final MemorySegment memory;
  private final int containerCount;
  private final int classCount;
  private final int slotCount;

  private ClassTable(MemorySegment memory) {
    this.memory = memory;
    this.containerCount = intAt(1);
    this.classCount = intAt(2);
    this.slotCount = intAt(3);
  }

  /** Reads a table that another process built. */
  static ClassTable of(MemorySegment memory) {
    return new ClassTable(memory);
  }

  /** Builds a table. */
  static ClassTable build(boolean isJdk, List<ClassFiles.Name> classes) {
    Map<String, Integer> containers = new LinkedHashMap<>();
    for (ClassFiles.Name name : classes) {
      containers.putIfAbsent(name.container(), containers.size());
    }
    List<String> texts = new ArrayList<>(containers.keySet());
    classes.forEach(name -> texts.add(name.name()));
    List<byte[]> encoded =
        texts.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
    int slotCount = Integer.highestOneBit(Math.max(1, classes.size())) << 2;
    int textOffset = (HEADER_INTS + slotCount + ROW_INTS * texts.size()) * Integer.BYTES;
    int sizeBytes = textOffset + encoded.stream().mapToInt(bytes -> bytes.length).sum();
    MemorySegment memory = MemorySegment.ofArray(new byte[sizeBytes]);
    int[] header = {isJdk ? 1 : 0, containers.size(), classes.size(), slotCount};
    for (int i = 0; i < header.length; i++) {
      memory.setAtIndex(INT, i, header[i]);
    }
    int offset = textOffset;
    for (int row = 0; row < texts.size(); row++) {
      byte[] text = encoded.get(row);
      int index = row - containers.size();
      int container =
          index < 0 ? row : Objects.requireNonNull(containers.get(classes.get(index).container()));
      int[] values = {container, texts.get(row).hashCode(), offset, text.length};
      for (int i = 0; i < values.length; i++) {
        memory.setAtIndex(INT, rowIndex(slotCount, row) + i, values[i]);
      }
      MemorySegment.copy(text, 0, memory, ValueLayout.JAVA_BYTE, offset, text.length);
      offset += text.length;
    }
    ClassTable table = new ClassTable(memory);
    for (int i = 0; i < classes.size(); i++) {
      table.insert(i, classes.get(i).name());
    }
    return table;
  }

  private void insert(int classIndex, String name) {
    int slot = slotOf(name);
    while (intAt(HEADER_INTS + slot) != 0) {
      slot = (slot + 1) & (slotCount - 1);
    }
    memory.setAtIndex(INT, HEADER_INTS + slot, classIndex + 1);
  }

  MemorySegment memory() {
    return memory;
  }

  /** Whether the containers are the modules of the running JDK. */
  boolean isJdk() {
    return intAt(0) != 0;
  }

  int containerCount() {
    return containerCount;
  }

  int classCount() {
    return classCount;
  }

  String container(int index) {
    return text(index);
  }

  String className(int index) {
    return text(containerCount + index);
  }

  int containerOf(int classIndex) {
    return row(containerCount + classIndex, 0);
  }

  /**
   * Finds a class.
   *
   * @param name its internal name, such as {@code java/lang/Object}
   * @return its index, or −1 if it is not in the table
   */
  int find(String name) {
    int hash = name.hashCode();
    int slot = slotOf(name);
    while (true) {
      int index = intAt(HEADER_INTS + slot) - 1;
      if (index < 0) {
        return -1;
      }
      if (row(containerCount + index, ROW_HASH) == hash && className(index).equals(name)) {
        return index;
      }
      slot = (slot + 1) & (slotCount - 1);
    }
  }

  private int slotOf(String name) {
    int hash = name.hashCode() * 0x9E3779B9;
    return (hash ^ hash >>> 16) & (slotCount - 1);
  }

  private String text(int row) {
    byte[] bytes = new byte[row(row, ROW_LENGTH)];
    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, row(row, ROW_OFFSET), bytes, 0, bytes.length);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private int row(int row, int column) {
    return intAt(rowIndex(slotCount, row) + column);
  }

  private static int rowIndex(int slotCount, int row) {
    return HEADER_INTS + slotCount + ROW_INTS * row;
  }

  private int intAt(int index) {
    return memory.getAtIndex(INT, index);
  }
}
