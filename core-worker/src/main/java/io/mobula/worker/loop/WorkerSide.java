package io.mobula.worker.loop;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.Packet;
import io.mobula.proto.YieldArguments;
import io.mobula.worker.execute.ActorExit;
import io.mobula.worker.execute.ActorHost;
import io.mobula.worker.execute.ArgumentFetcher;
import io.mobula.worker.execute.LostArguments;
import io.mobula.worker.execute.PeerMethods;
import io.mobula.worker.execute.Replies;
import io.mobula.worker.execute.TaskSlots;
import io.mobula.worker.execute.WaitWatch;
import io.mobula.worker.net.Outbox;
import java.util.function.Consumer;

/** The machines of what others have this process do: tasks and calls. Owner thread: the loop. */
final class WorkerSide {
  private final LoopContext loop;
  private final PeerMethods methods;
  private final ArgumentFetcher fetcher;
  private final Replies replies;
  private final TaskSlots slots;
  private final WaitWatch waitWatch;
  private final ActorHost actorHost;
  private final ActorExit actorExit;
  private final ActorHome actorHome;
  private boolean isResumeArmed;

  /**
   * @param setup where the user's classes are, and what notes that they run
   * @param onPlace told which actor this process becomes
   */
  WorkerSide(
      Outbox outbox,
      ObjectSide objects,
      UserSide userSide,
      CoreWorkerSetup setup,
      Consumer<ActorPlace> onPlace,
      LoopContext loop) {
    this.loop = loop;
    this.methods = new PeerMethods(setup.loader());
    this.fetcher = new ArgumentFetcher(objects.shared());
    this.replies = new Replies(outbox, objects.table(), objects.references());
    this.slots = new TaskSlots(outbox, fetcher, userSide::newSlot, replies, setup.board());
    this.waitWatch = new WaitWatch(slots, userSide.leaseThreads(), loop.timers());
    LostArguments lostArguments = new LostArguments(outbox, fetcher);
    this.actorHost = new ActorHost(lostArguments, replies);
    this.actorExit = new ActorExit(outbox, actorHost, replies);
    this.actorHome =
        new ActorHome(
            outbox, lostArguments, actorHost, actorExit, userSide, setup.loader(), onPlace);
  }

  Replies replies() {
    return replies;
  }

  TaskSlots slots() {
    return slots;
  }

  void onMessage(CoreMessage.WorkMessage message) {
    switch (message) {
      case CoreMessage.ArgumentsWanted missing -> fetcher.want(missing.execution());
      case CoreMessage.ArgumentsRead read -> fetcher.release(read.execution());
      case CoreMessage.Finished finished -> finish(finished);
      case CoreMessage.Blocked blocked -> slots.onBlocked(blocked.lease(), blocked.isBlocked());
      case CoreMessage.WaitsElsewhere _ -> {
        // The end of this turn looks for them.
      }
      case CoreMessage.SlotClosed closed -> slots.onClosed(closed.lease());
      case CoreMessage.Constructed done -> actorHome.onConstructed(done.failure());
      case CoreMessage.ActorExit _ -> actorHome.exit(loop.nowNanos());
    }
  }

  /** This process's part in the cluster is over: nothing more starts, what runs is interrupted. */
  void end() {
    slots.end();
    actorHost.end();
  }

  /** Handles what is about work of this process; returns false for any other packet. */
  boolean onPacket(Packet packet) {
    long from = packet.getFrom();
    switch (packet.getBodyCase()) {
      case PUSH_TASKS -> slots.onPush(from, packet.getPushTasks(), methods);
      case PUSH_CALLS -> actorHost.onPush(from, packet.getPushCalls(), methods);
      case RECALL_TASKS -> slots.onRecall(from, packet.getRecallTasks().getLease());
      case REVOKE_LEASE -> slots.onRevoke(packet.getRevokeLease().getLease());
      case REFERENCES_RECEIVED ->
          replies.onReferencesReceived(from, packet.getReferencesReceived().getReceiptsList());
      case YIELD_ARGUMENTS -> onYieldArguments(packet.getYieldArguments());
      case CONSTRUCT_ACTOR -> actorHome.onConstruct(packet);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Its tasks and calls must not start, and what is kept for it goes. */
  void onProcessDied(long address) {
    slots.onProcessDied(address);
    actorHost.onProcessDied(address);
    replies.onProcessDied(address);
  }

  /** It will never push again, so that its functions need not be known any more. */
  void forgetFunctions(long dead) {
    methods.onProcessDied(dead);
  }

  /** Goes on with arguments that this process has let go of, now or when it is time. */
  void resumeFetches() {
    long next = fetcher.resume(loop.nowNanos());
    if (next != Long.MAX_VALUE && !isResumeArmed) {
      isResumeArmed = true;
      // The turn that this timer makes ends here, too.
      loop.timers().schedule(next, () -> isResumeArmed = false);
    }
  }

  /** The end of a turn. */
  void flush() {
    actorExit.onTurnEnd(loop.nowNanos());
    replies.flush();
    waitWatch.onTurnEnd();
  }

  private void finish(CoreMessage.Finished finished) {
    replies.keep(finished.execution(), finished.contained());
    if (finished.execution().lease() == 0) {
      actorHost.onFinished(finished.execution(), finished.reply());
    } else {
      slots.onFinished(finished.execution(), finished.reply());
    }
  }

  private void onYieldArguments(YieldArguments order) {
    fetcher.giveWay(order.hasKeep() ? ObjectKey.of(order.getKeep()) : null, loop.nowNanos());
  }
}
