package io.mobula.worker.runtime;

import io.mobula.agent.link.Link;
import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.Failure;
import io.mobula.worker.actor.ActorCallers;
import io.mobula.worker.execute.ActorHost;
import io.mobula.worker.execute.ArgumentFetcher;
import io.mobula.worker.execute.LostArguments;
import io.mobula.worker.execute.PeerMethods;
import io.mobula.worker.execute.Replies;
import io.mobula.worker.execute.TaskSlots;
import io.mobula.worker.lineage.ExplicitFree;
import io.mobula.worker.lineage.Lineage;
import io.mobula.worker.lineage.ObjectRecovery;
import io.mobula.worker.net.Requests;
import io.mobula.worker.net.Router;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.own.References;
import io.mobula.worker.own.SharedObjects;
import io.mobula.worker.submit.ArgumentResolver;
import io.mobula.worker.submit.PeerFunctions;
import io.mobula.worker.submit.PendingTask;
import io.mobula.worker.submit.TaskSubmitter;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The wiring of a core worker's state machines. Owner thread: the loop. Those that need the job or
 * the user side come with {@link #begin}.
 */
final class CoreMachines {
  private final CoreWorkerSetup setup;
  private final ObjectTable table;
  private final Requests requests = new Requests();
  private final Router router;
  private final SharedObjects shared;
  private final References references;
  private final Lineage lineage;
  private final ObjectRecovery recovery;
  private final ExplicitFree explicitFree;
  private final ArgumentResolver resolver;
  private final PeerFunctions functions = new PeerFunctions();
  private final PeerMethods methods;
  private final ArgumentFetcher fetcher;
  private final Replies replies;
  private final TaskSlots slots;
  private final LostArguments lostArguments;
  private final ActorHost actorHost;
  private final TaskCompletion completion;
  private final ActorCallers callers;
  private final StoreCreation creation;
  private final ActorArguments actorArguments;
  private final ActorCreation actorCreation;
  private final ReferenceListing listing;
  private @Nullable TaskSubmitter submitter;
  private @Nullable ActorHome actorHome;

  CoreMachines(
      long self,
      Link rayletLink,
      LoopContext loop,
      @Nullable Path nodeDirectory,
      CoreWorkerSetup setup,
      ObjectTable table,
      Router.PacketReceiver receiver,
      Supplier<UserSide> userSide,
      Consumer<PendingTask> resubmit) {
    this.setup = setup;
    this.table = table;
    this.router =
        new Router(
            self,
            rayletLink,
            loop.links(),
            nodeDirectory,
            setup.hello().toBuilder().setAddress(self).build(),
            requests,
            receiver);
    this.shared = new SharedObjects(router);
    this.references = new References(table, router);
    this.lineage = new Lineage(setup.lineageBytesMax());
    references.tellWhenFreed(lineage);
    this.recovery = new ObjectRecovery(router, table, references, lineage, resubmit);
    this.explicitFree = new ExplicitFree(router, table, references, lineage, recovery);
    this.resolver = new ArgumentResolver(references, recovery);
    this.methods = new PeerMethods(setup.loader());
    this.fetcher = new ArgumentFetcher(shared);
    this.replies = new Replies(router, table, references);
    this.slots = new TaskSlots(router, fetcher, lease -> userSide.get().newSlot(lease), replies);
    this.lostArguments = new LostArguments(router, fetcher);
    this.actorHost = new ActorHost(lostArguments, replies);
    this.completion = new TaskCompletion(router, references, resolver, recovery);
    this.callers = new ActorCallers(router, resolver, functions, completion);
    this.creation = new StoreCreation(router);
    this.actorArguments = new ActorArguments(resolver);
    this.actorCreation = new ActorCreation(router, resolver, callers, actorArguments);
    this.listing = new ReferenceListing(table, lineage, router, loop.timers());
  }

  /**
   * @param onPlace told which actor this process becomes
   */
  void begin(int job, UserSide userSide, Consumer<RuntimeIdentity.ActorPlace> onPlace) {
    submitter = new TaskSubmitter(router, resolver, functions, completion, job);
    actorHome = new ActorHome(router, lostArguments, actorHost, userSide, setup.loader(), onPlace);
  }

  /** A task or call that ran here is over. */
  void finish(CoreMessage.Finished finished) {
    replies.keep(finished.execution(), finished.contained());
    if (finished.execution().lease() == 0) {
      actorHost.onFinished(finished.execution(), finished.reply());
    } else {
      slots.onFinished(finished.execution(), finished.reply());
    }
  }

  /** The cluster is lost, or the session closed: whatever somebody waits for fails. */
  void failAll(Failure failure) {
    requests.failAll(failure);
    TaskSubmitter begun = submitter;
    if (begun != null) {
      begun.failAll(failure);
      callers.failAll(failure);
    }
    recovery.failAll(failure);
    Outcome outcome = new Outcome.Failed(failure);
    for (ObjectEntry entry : table.entries()) {
      entry.complete(outcome);
    }
  }

  Requests requests() {
    return requests;
  }

  Router router() {
    return router;
  }

  SharedObjects shared() {
    return shared;
  }

  References references() {
    return references;
  }

  Lineage lineage() {
    return lineage;
  }

  ObjectRecovery recovery() {
    return recovery;
  }

  ExplicitFree explicitFree() {
    return explicitFree;
  }

  ArgumentResolver resolver() {
    return resolver;
  }

  PeerFunctions functions() {
    return functions;
  }

  PeerMethods methods() {
    return methods;
  }

  ArgumentFetcher fetcher() {
    return fetcher;
  }

  TaskCompletion completion() {
    return completion;
  }

  Replies replies() {
    return replies;
  }

  TaskSlots slots() {
    return slots;
  }

  ActorHost actorHost() {
    return actorHost;
  }

  ActorCallers callers() {
    return callers;
  }

  StoreCreation creation() {
    return creation;
  }

  ActorArguments actorArguments() {
    return actorArguments;
  }

  ActorCreation actorCreation() {
    return actorCreation;
  }

  ReferenceListing listing() {
    return listing;
  }

  TaskSubmitter submitter() {
    return begun(submitter);
  }

  ActorHome actorHome() {
    return begun(actorHome);
  }

  private static <T> T begun(@Nullable T machine) {
    if (machine == null) {
      throw new IllegalStateException("used before it was begun");
    }
    return machine;
  }
}
