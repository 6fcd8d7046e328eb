package io.mobula.worker.serialization;

/**
 * The first byte of every value in a graph stream.
 *
 * <pre>
 * stream     := version:u8 value
 * value      := tag:u8 body
 * OBJECT     := type body-of-its-codec          type := 0 descriptor | n          (n = 1.. known types)
 * BACK       := handle:varint                   the handle-th tracked value of this stream
 * descriptor := hash:i32 size:varint bytes      (see TypeDescriptor)
 * hooked     := size:u48 data handles:varint    a section written by user code (writeObject, …)
 * </pre>
 *
 * Numbers are little-endian; varints are LEB128, signed ones zigzag. Tracked values take handles in
 * the order in which their first byte was written.
 */
final class Tag {
  static final int VERSION = 1;

  static final int NULL = 0;
  static final int BACK = 1;
  static final int OBJECT = 2;
  static final int STRING_LATIN1 = 3;
  static final int STRING_UTF16 = 4;
  static final int TRUE = 5;
  static final int FALSE = 6;
  static final int BYTE = 7;
  static final int SHORT = 8;
  static final int CHAR = 9;
  static final int INT = 10;
  static final int LONG = 11;
  static final int FLOAT = 12;
  static final int DOUBLE = 13;
  static final int OBJECT_REF = 14;
  static final int ACTOR_HANDLE = 15;

  static final int BOOLEANS = 16;
  static final int BYTES = 17;
  static final int SHORTS = 18;
  static final int CHARS = 19;
  static final int INTS = 20;
  static final int LONGS = 21;
  static final int FLOATS = 22;
  static final int DOUBLES = 23;
  static final int OBJECTS = 24;
  static final int STRINGS = 25;

  static final int CLASS = 32;
  static final int PLAIN_OBJECT = 33;
  static final int ARRAY_LIST = 34;
  static final int HASH_MAP = 35;
  static final int HASH_SET = 36;
  static final int LINKED_HASH_SET = 37;
  static final int LIST_OF = 38;
  static final int LIST_OF_NULLABLE = 39;
  static final int SET_OF = 40;
  static final int MAP_OF = 41;
  static final int MAP_ENTRY = 42;
  static final int SIMPLE_ENTRY = 43;
  static final int OPTIONAL = 44;
  static final int OPTIONAL_INT = 45;
  static final int OPTIONAL_LONG = 46;
  static final int OPTIONAL_DOUBLE = 47;
  static final int WEAK_HASH_MAP = 48;
  static final int SORTED_SET_VIEW = 49;
  static final int SORTED_MAP_VIEW = 50;
  static final int MAP_VIEW = 51;

  static final int INSTANT = 64;
  static final int DURATION = 65;
  static final int LOCAL_DATE = 66;
  static final int LOCAL_TIME = 67;
  static final int LOCAL_DATE_TIME = 68;
  static final int UUID = 69;
  static final int PATH = 70;
  static final int CHARSET = 71;
  static final int BYTE_BUFFER = 72;
  static final int MEMORY_SEGMENT = 73;
  static final int INT_STATISTICS = 74;
  static final int LONG_STATISTICS = 75;
  static final int DOUBLE_STATISTICS = 76;

  private Tag() {}
}
