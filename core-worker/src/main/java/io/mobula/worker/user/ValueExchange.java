package io.mobula.worker.user;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.api.ActorHandle;
import io.mobula.api.MobulaException;
import io.mobula.api.ObjectRef;
import io.mobula.api.WaitInterruptedException;
import io.mobula.proto.EncodedValue;
import io.mobula.proto.StoredObject;
import io.mobula.worker.actor.ActorReference;
import io.mobula.worker.loop.CoreMessage;
import io.mobula.worker.object.MappedObject;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.object.ReferenceUse;
import io.mobula.worker.serialization.Encoding;
import io.mobula.worker.serialization.ReferenceSource;
import io.mobula.worker.serialization.ValueCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Between the user's values and outcomes, on user threads: encodes to inline bytes or into the
 * store, and decodes from either. Thread-safe.
 */
final class ValueExchange implements ReferenceSource {
  /** Larger values go to the store. */
  static final long INLINE_BYTES_MAX = 100 << 10;

  private final long self;
  private final ValueCodec codec;
  private final ObjectTable table;
  private final StoreAccess store;
  private final StoreWriting writing;
  private final Mail mail;
  private final ReferenceUse referenceUse;
  private final ActorReference.ActorUse actorUse;

  ValueExchange(
      long self,
      ValueCodec codec,
      ObjectTable table,
      StoreAccess store,
      Waiting waiting,
      ReferenceUse referenceUse,
      ActorReference.ActorUse actorUse) {
    this.self = self;
    this.codec = codec;
    this.table = table;
    this.store = store;
    this.writing = new StoreWriting(self, store, waiting);
    this.mail = waiting.mail();
    this.referenceUse = referenceUse;
    this.actorUse = actorUse;
  }

  ValueCodec codec() {
    return codec;
  }

  /** A value on its way out. If it can't be encoded, the references inside are let go. */
  Encoding encode(@Nullable Object value, ContainedReferences contained) {
    boolean isEncoded = false;
    try {
      Encoding encoded = codec.encode(value, contained);
      isEncoded = true;
      return encoded;
    } finally {
      if (!isEncoded) {
        contained.entries().forEach(this::release);
        contained.entries().clear();
      }
    }
  }

  static boolean isInline(Encoding value) {
    return value.sizeBytes() <= INLINE_BYTES_MAX;
  }

  /**
   * Writes a value into the node's store and seals it there.
   *
   * @param key the object's; its owner need not be this process
   * @param taskAttempt of the task whose result it is, 0 for what is put; see {@link StoreWriting}
   * @param contained the references inside
   * @param callSite what makes the object, for people; may be null
   * @throws MobulaException if there is no room
   */
  Outcome.Stored store(
      ObjectKey key,
      int taskAttempt,
      Encoding value,
      List<ObjectEntry> contained,
      @Nullable String callSite)
      throws InterruptedException {
    writing.write(key, taskAttempt, value, callSite == null ? "" : callSite);
    return stored(key, value, contained);
  }

  /**
   * As {@link #store}, for a result: the task is over, so that an interrupt, which was meant for
   * it, neither keeps its result from being stored nor outlives it.
   */
  Outcome.Stored storeResult(
      ObjectKey key,
      int taskAttempt,
      Encoding value,
      List<ObjectEntry> contained,
      String callSite) {
    writing.writeResult(key, taskAttempt, value, callSite);
    return stored(key, value, contained);
  }

  private Outcome.Stored stored(ObjectKey key, Encoding value, List<ObjectEntry> contained) {
    StoredObject.Builder stored =
        StoredObject.newBuilder()
            .setId(key.toProto())
            .setSizeBytes(value.sizeBytes())
            .setKind(value.kind().number())
            .addLocations(ProcessAddress.rayletOf(self));
    contained.forEach(entry -> stored.addReferences(entry.key().toProto()));
    return new Outcome.Stored(stored.build());
  }

  /** Decodes an inline value. */
  @Nullable Object decode(int kind, byte[] bytes) {
    return codec.decode(kind, bytes, this);
  }

  /**
   * Decodes what a task threw.
   *
   * @return null if that can't be had here, for whatever reason: its text says what it was
   */
  @Nullable Throwable decodeThrown(EncodedValue thrown) {
    try {
      return codec.decode(thrown.getKind(), thrown.getData().toByteArray(), this)
              instanceof Throwable decoded
          ? decoded
          : null;
    } catch (RuntimeException | Error e) {
      return null;
    }
  }

  /**
   * Decodes a stored value.
   *
   * @param object with a use of the caller's, which this method ends or hands on
   */
  @Nullable Object decode(ObjectKey key, int kind, MappedObject object) {
    StoreAccess.Source source = null;
    try {
      source = store.read(key, object);
      return codec.decode(kind, source, this);
    } finally {
      if (source == null || !source.isUseTaken()) {
        store.endUse(key, object);
      }
    }
  }

  /** Whether this process reads the node's store itself. */
  boolean isShared() {
    return store.isShared();
  }

  /** See {@link StoreAccess#tryHold}. */
  @Nullable MappedObject tryHold(ObjectKey key) {
    return store.tryHold(key);
  }

  /** Ends a use of the caller's. */
  void endUse(ObjectKey key, MappedObject object) {
    store.endUse(key, object);
  }

  /** Has the loop take a retain away. */
  void release(ObjectEntry entry) {
    mail.postUnlessClosed(new CoreMessage.Release(entry));
  }

  @Override
  public ObjectRef<?> objectRef(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    ObjectKey key = new ObjectKey(buffer.getLong(), buffer.getLong());
    ObjectEntry entry = table.retainOrCreate(key, self);
    if (key.owner() != self) {
      mail.post(new CoreMessage.Borrow(entry));
    }
    return table.handleFor(entry, referenceUse, this::release);
  }

  @Override
  public ActorHandle<?> actorHandle(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    ObjectKey key = new ObjectKey(buffer.getLong(), buffer.getLong());
    int maxTaskRetries = buffer.getInt();
    byte[] text = new byte[buffer.remaining()];
    buffer.get(text);
    return new ActorReference<>(
        key, new String(text, StandardCharsets.UTF_8), maxTaskRetries, actorUse);
  }

  /**
   * For an interrupt while waiting.
   *
   * @param what what for, such as {@code the object: object=1.1.8}
   */
  static WaitInterruptedException interrupted(String what) {
    Thread.currentThread().interrupt();
    return new WaitInterruptedException("interrupted while waiting for " + what);
  }
}
