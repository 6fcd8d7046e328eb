package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.loop.LoopOwner;
import io.mobula.agent.loop.Timers;
import io.mobula.proto.AskCopy;
import io.mobula.proto.ChunkedObject;
import io.mobula.proto.NodeDescription;
import io.mobula.proto.NodeMemoryReport;
import io.mobula.proto.ObjectId;
import io.mobula.proto.ObjectPiece;
import io.mobula.proto.Packet;
import io.mobula.raylet.transfer.DataSecret;
import io.mobula.raylet.transfer.DataServer;
import io.mobula.raylet.transfer.PartRequest;
import io.mobula.raylet.transfer.PullOutcome;
import io.mobula.raylet.transfer.SourceReport;
import io.mobula.store.HeapRange;
import io.mobula.store.chunk.ChunkLog;
import io.mobula.store.file.StoreFile;
import io.mobula.store.spill.SpillBatch;
import io.mobula.store.spill.SpillCompaction;
import io.mobula.store.spill.SpillFile;
import io.mobula.store.spill.SpillRead;
import io.mobula.store.spill.SpillWrite;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The object service over a real store file and real sockets: turns packets and outcomes into
 * events of the {@link NodeObjectTable} and carries out its effects.
 *
 * <p>Owner thread: the raylet's loop. Other threads touch the mapping only between an effect that
 * lets them and the event that says that they are done; the mapping is closed when none is left.
 */
public final class NodeObjectService implements ObjectService {

  private static final System.Logger LOG = System.getLogger(NodeObjectService.class.getName());
  private static final long EXPIRY_PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ObjectEnvironment environment;
  private final LoopOwner owner;
  private final StoreFile storeFile;
  private final NodeTransfers transfers;
  private final NodeObjectTable table;
  private final PieceStreams streams;
  private final StoreMapping mapping;
  private final NodeMemory memory;
  private final SharedReaders readers;
  private final HoldWatch holdWatch;
  private final SpillWorks spills;
  private final Map<Long, ObjectClient> clients = new HashMap<>();
  private int populating;
  private long wakeNanos = Long.MAX_VALUE;
  private Timers.@Nullable Timer wakeTimer;
  private Timers.@Nullable Timer expiryTimer;
  private @Nullable Runnable whenIdle;
  private boolean isIdle;

  private NodeObjectService(
      long self,
      ObjectConfig config,
      StoreFile storeFile,
      @Nullable DataServer server,
      DataSecret secret,
      ObjectEnvironment environment)
      throws IOException {
    this.environment = environment;
    this.owner = LoopOwner.ofCurrentThread();
    this.storeFile = storeFile;
    SerialExecutor background = new SerialExecutor(environment.threads());
    this.mapping = StoreMapping.of(storeFile, background, environment.clock());
    NodeMemory memory = new NodeMemory(storeFile, mapping);
    this.table = new NodeObjectTable(self, config, memory.table(), now());
    this.memory = memory;
    this.readers =
        new SharedReaders(memory.holds(), environment.processes(), this::onHoldTableDropped);
    this.holdWatch = new HoldWatch(readers, environment.timers(), this::onHoldsEnded);
    this.streams =
        new PieceStreams(self, config.linkPieceBytes(), environment.outbox(), this::onStreamEnd);
    this.spills =
        new SpillWorks(environment.spillTarget(), mapping, environment, new SpillResults());
    this.transfers =
        new NodeTransfers(
            self,
            config.data(),
            storeFile.path(),
            mapping,
            server,
            secret,
            environment,
            background,
            transferEvents());
  }

  /**
   * Opens the service and begins to serve other nodes. Call it on the loop.
   *
   * @param self the raylet's address
   * @param storeFile new; closed by the caller, after {@link #close(Runnable)} is done
   * @param server bound, not yet serving; closed by the service; null if there are no other nodes
   * @param secret the cluster's
   */
  public static NodeObjectService open(
      long self,
      ObjectConfig config,
      StoreFile storeFile,
      @Nullable DataServer server,
      DataSecret secret,
      ObjectEnvironment environment)
      throws IOException {
    NodeObjectService service =
        new NodeObjectService(self, config, storeFile, server, secret, environment);
    service.transfers.serve();
    service.scheduleExpiry();
    return service;
  }

  @Override
  public int assignHoldTable(long process, long pid) {
    owner.check();
    int holdTable = readers.assign(process, pid);
    if (holdTable != SharedReaders.NONE) {
      table.chunkLogGiven(process, memory.chunkLog(holdTable - 1));
    }
    return holdTable;
  }

  @Override
  public void processLeft(long process) {
    owner.check();
    holdWatch.gone(process);
  }

  @Override
  public void processConnected(ObjectClient process) {
    owner.check();
    clients.put(process.address(), process);
    table.clientJoined(process.address(), process.sharesMemory());
    table.growAheadSoon(now());
    carryOut();
  }

  @Override
  public void onWritable(long process) {
    owner.check();
    streams.pump(process);
    carryOut();
  }

  @Override
  public boolean onPacket(Packet packet) {
    owner.check();
    switch (packet.getBodyCase()) {
      case FREE_OBJECTS -> {
        List<ObjectId> ids = packet.getFreeObjects().getIdsList();
        table.free(ids.stream().map(ObjectKey::of).toList(), now());
      }
      case ASK_COPY -> {
        AskCopy ask = packet.getAskCopy();
        table.askCopy(
            packet.getFrom(),
            packet.getCorrelation(),
            ObjectKey.of(ask.getId()),
            ask.getAttempt(),
            ask.getSizeBytes(),
            now());
      }
      case OBJECT_VALUE -> table.ownerSaid(packet.getObjectValue(), now());
      case CREATE_OBJECT,
          SEAL_OBJECT,
          CHUNKED_OBJECTS,
          ABORT_OBJECT,
          FETCH_OBJECT,
          RELEASE_OBJECT,
          RELEASE_NOTICE,
          OBJECT_PIECE -> {
        if (table.isClient(packet.getFrom())) {
          onClientPacket(packet.getFrom(), packet);
        } else {
          LOG.log(
              Level.DEBUG,
              "packet of a process that is no client of this store: from={0}, body={1}",
              ProcessAddress.describe(packet.getFrom()),
              packet.getBodyCase());
        }
      }
      default -> {
        return false;
      }
    }
    carryOut();
    return true;
  }

  @Override
  public void processDied(long address) {
    owner.check();
    clients.remove(address);
    streams.drop(address);
    table.processDied(address, now());
    carryOut();
    holdWatch.gone(address);
  }

  @Override
  public void ownerGivenUp(long address) {
    owner.check();
    table.tellAgain(address);
    carryOut();
  }

  @Override
  public void nodeAdded(NodeDescription node) {
    owner.check();
    if (!node.getDataAddress().isEmpty()) {
      table.nodeAdded(node.getNumber(), node.getDataAddress(), now());
      carryOut();
    }
  }

  @Override
  public List<Long> owners() {
    return table.owners();
  }

  @Override
  public ObjectUsage usage() {
    owner.check();
    return table.usage();
  }

  @Override
  public NodeMemoryReport.Builder listing(int objectCountMax) {
    owner.check();
    return table.listing(objectCountMax);
  }

  @Override
  public void close(Runnable onIdle) {
    owner.check();
    if (whenIdle != null) {
      return;
    }
    whenIdle = onIdle;
    cancel(wakeTimer);
    cancel(expiryTimer);
    holdWatch.close();
    transfers.close();
    clients.keySet().forEach(streams::drop);
    checkIdle();
  }

  private void onClientPacket(long from, Packet packet) {
    long correlation = packet.getCorrelation();
    switch (packet.getBodyCase()) {
      case CREATE_OBJECT -> {
        ObjectKey key = ObjectKey.of(packet.getCreateObject().getId());
        table.noteCallSite(key, packet.getCreateObject().getCallSite());
        table.create(
            from,
            correlation,
            key,
            packet.getCreateObject().getSizeBytes(),
            packet.getCreateObject().getAttempt(),
            now());
      }
      case SEAL_OBJECT -> table.seal(from, ObjectKey.of(packet.getSealObject().getId()), now());
      case CHUNKED_OBJECTS -> {
        table.chunked(from, now());
        for (ChunkedObject object : packet.getChunkedObjects().getObjectsList()) {
          table.noteCallSite(ObjectKey.of(object.getId()), object.getCallSite());
        }
      }
      case ABORT_OBJECT -> table.abort(from, ObjectKey.of(packet.getAbortObject().getId()), now());
      case FETCH_OBJECT ->
          table.fetch(
              from,
              correlation,
              packet.getFetchObject().getObject(),
              packet.getFetchObject().getPurpose(),
              now());
      case RELEASE_OBJECT -> {
        ObjectKey key = ObjectKey.of(packet.getReleaseObject().getId());
        streams.cancel(from, key);
        table.release(from, key, now());
      }
      case RELEASE_NOTICE -> table.noticed(now());
      case OBJECT_PIECE -> onPiece(from, packet.getObjectPiece());
      default -> throw new IllegalStateException("Not a client's: " + packet.getBodyCase());
    }
  }

  private void onHoldTableDropped(int holdTable) {
    ChunkLog log = memory.chunkLog(holdTable);
    log.clear();
    table.chunkLogEnded(log);
  }

  private void onPiece(long from, ObjectPiece piece) {
    ObjectKey key = ObjectKey.of(piece.getId());
    long lengthBytes = piece.getData().size();
    HeapRange range = table.acceptPiece(from, key, piece.getOffset(), lengthBytes, now());
    if (range == null) {
      LOG.log(Level.WARNING, "unexpected piece of an object: id={0}", key);
      return;
    }
    MemorySegment bytes = MemorySegment.ofBuffer(piece.getData().asReadOnlyByteBuffer());
    slice(range).copyFrom(bytes);
    if (piece.getLast()) {
      table.seal(from, key, now());
    }
  }

  private void carryOut() {
    // A stream that ends at once releases its hold, which has effects of its own.
    List<ObjectEffect> effects = table.takeEffects();
    while (!effects.isEmpty()) {
      if (whenIdle == null) {
        effects.forEach(this::carryOut);
      }
      effects = table.takeEffects();
    }
    if (whenIdle != null) {
      checkIdle();
    } else {
      scheduleWake();
    }
  }

  private void carryOut(ObjectEffect effect) {
    switch (effect) {
      case ObjectEffect.Send(long to, Packet packet) -> environment.outbox().send(to, packet);
      case ObjectEffect.Stream stream -> {
        ObjectClient process = clients.get(stream.client());
        if (process != null) {
          streams.start(process, stream.correlation(), stream.key(), slice(stream.range()));
        }
      }
      case ObjectEffect.Populate(HeapRange extent) -> populate(extent);
      case ObjectEffect.StartTransfer start -> transfers.start(start);
      case ObjectEffect.CancelTransfer cancel -> transfers.cancel(cancel);
      case ObjectEffect.Serve serve -> transfers.answer(serve);
      case ObjectEffect.ServeLater(long ticket, SourceReport report) ->
          transfers.answer(ticket, report);
      case ObjectEffect.RefuseServe refuse -> transfers.answer(refuse);
      case ObjectEffect.Spill(SpillBatch batch) -> spills.spill(batch);
      case ObjectEffect.Restore restore -> spills.restore(restore);
      case ObjectEffect.CompactSpill(SpillCompaction compaction) -> spills.compact(compaction);
      case ObjectEffect.DeleteSpill(SpillFile file) -> spills.delete(file);
      case ObjectEffect.Warn(String message) ->
          LOG.log(Level.WARNING, "{0}: directories={1}", message, spills.describe());
    }
  }

  private void populate(HeapRange extent) {
    populating++;
    environment
        .threads()
        .execute(() -> {
          var result = storeFile.populate(extent);
          environment
              .loop()
              .post(() -> {
                populating--;
                if (!result.isComplete()) {
                  LOG.log(Level.WARNING, result.failure());
                }
                table.populated(result, now());
                carryOut();
              });
        });
  }

  private NodeTransfers.Events transferEvents() {
    return new NodeTransfers.Events() {
      @Override
      public void transferEnded(ObjectKey key, int attempt, PullOutcome outcome) {
        table.transferEnded(key, attempt, outcome, now());
        carryOut();
      }

      @Override
      public void serve(long ticket, PartRequest request) {
        table.serve(ticket, request, now());
        carryOut();
      }

      @Override
      public void closeServe(long ticket, ObjectKey key) {
        table.closeServe(ticket, key, now());
        carryOut();
      }
    };
  }

  private void onStreamEnd(ObjectClient process, ObjectKey key) {
    table.release(process.address(), key, now());
  }

  private void onHoldsEnded() {
    table.lookForHolds(now());
    carryOut();
  }

  private void scheduleWake() {
    long nextNanos = table.nextTimeNanos();
    if (nextNanos == wakeNanos) {
      return;
    }
    cancel(wakeTimer);
    wakeTimer = null;
    wakeNanos = nextNanos;
    if (nextNanos != Long.MAX_VALUE) {
      wakeTimer = environment.timers().schedule(nextNanos - now(), this::onWake);
    }
  }

  private void onWake() {
    wakeNanos = Long.MAX_VALUE;
    wakeTimer = null;
    table.onTime(now());
    carryOut();
  }

  private void scheduleExpiry() {
    expiryTimer =
        environment
            .timers()
            .schedule(
                EXPIRY_PERIOD_NANOS,
                () -> {
                  transfers.expire(now());
                  scheduleExpiry();
                });
  }

  private void checkIdle() {
    boolean isBusy = populating > 0 || !transfers.isIdle() || spills.isBusy();
    if (whenIdle != null && !isBusy && !isIdle) {
      isIdle = true;
      transfers.closeFiles();
      mapping.close();
      whenIdle.run();
    }
  }

  private MemorySegment slice(HeapRange range) {
    return mapping.slice(range);
  }

  private long now() {
    return environment.clock().nanoTime();
  }

  private static void cancel(Timers.@Nullable Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
  }

  /** Tells the table of what was done to spill files. */
  private final class SpillResults implements SpillWorks.Results {
    @Override
    public void spilled(SpillBatch batch, SpillWrite result) {
      table.spilled(batch, result, now());
    }

    @Override
    public void restored(ObjectEffect.Restore restore, SpillRead result) {
      table.restored(restore.slot(), result, now());
    }

    @Override
    public void compacted(SpillCompaction compaction, SpillWrite result) {
      table.compacted(compaction, result, now());
    }

    @Override
    public void deleted(SpillFile file) {
      table.spillDeleted(file, now());
    }

    @Override
    public void ended() {
      carryOut();
    }
  }
}
