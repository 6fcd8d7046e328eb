package io.mobula.arrow;

import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.flatbuf.Union;

/**
 * Makes sure that a schema is no larger than the metadata that it was read from: Arrow allocates
 * and recurses as lengths and offsets say, which in bytes that are not a schema may be anything.
 * What else may be wrong, an access out of bounds tells. Used by one thread, once.
 */
final class SchemaCheck {
  private static final int DEPTH_MAX = 64;

  private final int metadataBytes;
  private int fieldsLeft;

  private SchemaCheck(int metadataBytes) {
    this.metadataBytes = metadataBytes;
    this.fieldsLeft = metadataBytes / Integer.BYTES;
  }

  static void check(Schema schema) {
    SchemaCheck check = new SchemaCheck(schema.getByteBuffer().limit());
    check.length(schema.fieldsLength(), Integer.BYTES);
    check.length(schema.customMetadataLength(), Integer.BYTES);
    for (int i = 0; i < schema.fieldsLength(); i++) {
      check.field(schema.fields(i), 1);
    }
  }

  private void field(Field field, int depth) {
    if (depth > DEPTH_MAX || --fieldsLeft < 0) {
      throw ArrowFailures.unreadable("its schema has no end: depth=" + depth);
    }
    length(field.childrenLength(), Integer.BYTES);
    length(field.customMetadataLength(), Integer.BYTES);
    if (field.typeType() == Type.Union && field.type(new Union()) instanceof Union union) {
      length(union.typeIdsLength(), Integer.BYTES);
    }
    for (int i = 0; i < field.childrenLength(); i++) {
      field(field.children(i), depth + 1);
    }
  }

  private void length(int count, int itemBytes) {
    if (count < 0 || (long) count * itemBytes > metadataBytes) {
      throw ArrowFailures.unreadable("length=" + count + ", metadataBytes=" + metadataBytes);
    }
  }
}
