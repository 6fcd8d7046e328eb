package io.mobula.examples.census;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Counts class files of a table, one after the other. Used by one thread. */
final class CensusCounter {
  private static final ClassFile PARSER =
      ClassFile.of(
          ClassFile.DebugElementsOption.DROP_DEBUG,
          ClassFile.LineNumbersOption.DROP_LINE_NUMBERS,
          ClassFile.AttributesProcessingOption.DROP_UNSTABLE_ATTRIBUTES);
  private static final String[] MNEMONICS = mnemonics();

  private final ClassTable table;
  private final Totals[] totals;
  private final long[] opcodes = new long[MNEMONICS.length];
  private final Map<String, long[]> calls = new HashMap<>();
  private final Map<String, Integer> containersOfOwners = new HashMap<>();

  // Of the class being counted.
  private int container;
  private long instructionCount;
  private long callCount;
  private long callOutCount;

  CensusCounter(ClassTable table) {
    this.table = table;
    this.totals = new Totals[table.containerCount()];
  }

  /** Counts a range of the table in this thread. */
  static Census count(ClassTable table, int from, int to) throws IOException {
    CensusCounter counter = new CensusCounter(table);
    try (ClassFiles files = ClassFiles.open(table.isJdk())) {
      for (int i = from; i < to; i++) {
        String container = table.container(table.containerOf(i));
        counter.add(i, files.read(container, table.className(i)));
      }
    }
    return counter.census();
  }

  /**
   * Counts a class file.
   *
   * @throws IOException if the bytes are no class file
   */
  void add(int classIndex, byte[] bytes) throws IOException {
    container = table.containerOf(classIndex);
    instructionCount = 0;
    callCount = 0;
    callOutCount = 0;
    ClassModel parsed;
    try {
      parsed = PARSER.parse(bytes);
      for (MethodModel method : parsed.methods()) {
        method.code().ifPresent(this::addCode);
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "not a class file: "
              + table.container(container)
              + "/"
              + table.className(classIndex)
              + ": "
              + e.getMessage(),
          e);
    }
    addTotals(
        container,
        new Totals(
            1,
            bytes.length,
            parsed.fields().size(),
            parsed.methods().size(),
            instructionCount,
            callCount,
            callOutCount,
            0));
  }

  private void addCode(CodeModel code) {
    for (CodeElement element : code) {
      if (element instanceof Instruction instruction) {
        instructionCount++;
        opcodes[index(instruction.opcode())]++;
        if (instruction instanceof InvokeInstruction call) {
          addCall(call);
        }
      }
    }
  }

  private void addCall(InvokeInstruction call) {
    callCount++;
    String owner = call.owner().asInternalName();
    String method = owner.replace('/', '.') + "." + call.name().stringValue();
    calls.computeIfAbsent(method, key -> new long[1])[0]++;
    int callee = containersOfOwners.computeIfAbsent(owner, this::containerOfOwner);
    if (callee >= 0 && callee != container) {
      callOutCount++;
      addTotals(callee, new Totals(0, 0, 0, 0, 0, 0, 0, 1));
    }
  }

  private int containerOfOwner(String owner) {
    int index = table.find(owner);
    return index < 0 ? -1 : table.containerOf(index);
  }

  private void addTotals(int index, Totals more) {
    Totals before = totals[index];
    totals[index] = before == null ? more : before.plus(more);
  }

  /** What was counted so far. */
  Census census() {
    Map<String, Totals> modules = new HashMap<>();
    for (int i = 0; i < totals.length; i++) {
      if (totals[i] != null) {
        modules.put(table.container(i), totals[i]);
      }
    }
    Map<String, Long> byMnemonic = new HashMap<>();
    for (int i = 0; i < opcodes.length; i++) {
      if (opcodes[i] > 0) {
        byMnemonic.put(MNEMONICS[i], opcodes[i]);
      }
    }
    Map<String, Long> byMethod = HashMap.newHashMap(calls.size());
    calls.forEach((method, count) -> byMethod.put(method, count[0]));
    return new Census(modules, byMnemonic, byMethod);
  }

  /** The wide forms count as the plain ones: their first byte is only a prefix. */
  private static int index(Opcode opcode) {
    return opcode.bytecode() & 0xFF;
  }

  private static String[] mnemonics() {
    String[] mnemonics = new String[256];
    for (Opcode opcode : Opcode.values()) {
      if (!opcode.isWide()) {
        mnemonics[index(opcode)] = opcode.name().toLowerCase(Locale.ROOT);
      }
    }
    return mnemonics;
  }
}
