package io.mobula.worker.runtime;

import io.mobula.agent.loop.LoopContext;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.FetchPurpose;
import io.mobula.proto.Packet;
import io.mobula.proto.Refusal;
import io.mobula.worker.failure.Failures;
import io.mobula.worker.net.ReplyHandler;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.submit.PendingTask;
import io.mobula.worker.submit.SchedulingClass;

/**
 * What user threads want of the cluster. Once it is lost or the session closed ({@link #lose}),
 * each of their requests fails at once; what was under way then is failed by {@link
 * CoreMachines#failAll}. Owner thread: the loop.
 */
final class UserRequests {
  private final CoreMachines machines;
  private final LoopContext loop;
  private boolean isLost;

  UserRequests(CoreMachines machines, LoopContext loop) {
    this.machines = machines;
    this.loop = loop;
  }

  /** There is no cluster any more; returns whether there was one until now. */
  boolean lose() {
    boolean isNews = !isLost;
    isLost = true;
    return isNews;
  }

  void submit(PendingTask task, SchedulingClass schedulingClass) {
    if (isLost) {
      machines.completion().onCompleted(task, lost(), 0, null);
    } else {
      machines.submitter().submit(task, schedulingClass, loop.nowNanos());
    }
  }

  /** A task that was over runs again, since its result is lost. */
  void resubmit(PendingTask task) {
    SchedulingClass schedulingClass = task.schedulingClass();
    if (schedulingClass == null) {
      throw new IllegalStateException("not a task: " + task.name());
    }
    submit(task, schedulingClass);
  }

  void call(CoreMessage.CallActor call) {
    if (isLost) {
      machines.completion().onCompleted(call.task(), lost(), 0, null);
    } else {
      machines.callers().call(call.actor(), call.description(), call.task());
    }
  }

  void want(ObjectEntry entry) {
    if (isLost && !entry.isReady()) {
      entry.complete(lost());
    } else {
      machines.references().borrow(entry);
      machines.references().await(entry);
    }
    machines.references().release(entry);
  }

  void fetch(CoreMessage.Fetch fetch) {
    if (isLost) {
      fetch.listener().onFailed(lost().failure());
    } else {
      machines.shared().fetch(fetch.object(), FetchPurpose.GET, fetch.listener());
    }
  }

  void recover(CoreMessage.Recover recover) {
    // The asking thread keeps the entry until it is told; what it no longer waits for may be gone.
    if (recover.entry().tryRetain()) {
      machines.recovery().recover(recover.entry(), recover.lost(), recover.settled());
      machines.references().release(recover.entry());
    } else {
      recover.settled().run();
    }
  }

  void ask(CoreMessage.Ask ask) {
    if (isLost) {
      ask.answer().complete(refusal(lost().failure()));
      return;
    }
    machines
        .router()
        .request(
            ask.to(),
            ask.packet(),
            new ReplyHandler() {
              @Override
              public void onReply(Packet reply) {
                ask.answer().complete(reply);
              }

              @Override
              public void onUnreachable(Failure failure) {
                ask.answer().complete(refusal(failure));
              }
            });
  }

  private static Packet refusal(Failure failure) {
    return Packet.newBuilder().setRefusal(Refusal.newBuilder().setFailure(failure)).build();
  }

  private static Outcome.Failed lost() {
    return new Outcome.Failed(
        Failures.of(
            FailureKind.CLUSTER_LOST,
            "the session is closed, or its cluster is lost: call Mobula.init() again"));
  }
}
