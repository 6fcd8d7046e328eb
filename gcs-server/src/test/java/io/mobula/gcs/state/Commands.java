package io.mobula.gcs.state;

import com.google.protobuf.ByteString;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.proto.ActorAssigned;
import io.mobula.proto.ActorConstructed;
import io.mobula.proto.ActorExiting;
import io.mobula.proto.ActorNotPlaced;
import io.mobula.proto.ActorPlaced;
import io.mobula.proto.ActorSpec;
import io.mobula.proto.EndJob;
import io.mobula.proto.Failure;
import io.mobula.proto.FailureKind;
import io.mobula.proto.GcsCommand;
import io.mobula.proto.JobConfig;
import io.mobula.proto.KillActor;
import io.mobula.proto.KvDelete;
import io.mobula.proto.KvPut;
import io.mobula.proto.NodeDescription;
import io.mobula.proto.NodeLost;
import io.mobula.proto.ObjectId;
import io.mobula.proto.ProcessDied;
import io.mobula.proto.ProcessKind;
import io.mobula.proto.ProcessStarted;
import io.mobula.proto.RegisterActor;
import io.mobula.proto.RegisterJob;
import io.mobula.proto.RegisterNode;
import io.mobula.proto.Resources;

/** Builds commands and their parts for tests. */
public final class Commands {
  private Commands() {}

  public static Resources cpus(double count) {
    return Resources.newBuilder().putAmounts("CPU", Math.round(count * 10_000)).build();
  }

  public static NodeDescription description(long pid, double cpus) {
    return NodeDescription.newBuilder()
        .setHostId("host")
        .setHostName("host-" + pid)
        .setPid(pid)
        .setNodeDirectory("/n" + pid)
        .setTotal(cpus(cpus))
        .build();
  }

  public static ActorSpec actor(long driver, long sequence, int job, String name) {
    return ActorSpec.newBuilder()
        .setId(ObjectId.newBuilder().setOwner(driver).setSequence(sequence))
        .setJob(job)
        .setClassName("app.Counter")
        .setName(name)
        .setNamespace("ns")
        .setResources(cpus(1))
        .build();
  }

  static GcsCommand registerNode(long pid, double cpus) {
    return command()
        .setRegisterNode(RegisterNode.newBuilder().setDescription(description(pid, cpus)))
        .build();
  }

  static GcsCommand nodeLost(int node) {
    return command()
        .setNodeLost(NodeLost.newBuilder().setNumber(node).setReason("unplugged"))
        .build();
  }

  static GcsCommand registerJob(long driver) {
    return command()
        .setRegisterJob(
            RegisterJob.newBuilder().setConfig(JobConfig.newBuilder().setDriver(driver)))
        .build();
  }

  static GcsCommand endJob(int job) {
    return command().setEndJob(EndJob.newBuilder().setId(job).setReason("done")).build();
  }

  static GcsCommand started(long address, long pid) {
    return command()
        .setProcessStarted(
            ProcessStarted.newBuilder().setAddress(address).setKind(ProcessKind.WORKER).setPid(pid))
        .build();
  }

  static GcsCommand died(long address) {
    return command()
        .setProcessDied(
            ProcessDied.newBuilder()
                .setAddress(address)
                .setPid(77)
                .setHostName("far")
                .setReason("signal 9"))
        .build();
  }

  static GcsCommand registerActor(ActorSpec spec) {
    return command()
        .setFrom(spec.getId().getOwner())
        .setCorrelation(5)
        .setRegisterActor(RegisterActor.newBuilder().setSpec(spec))
        .build();
  }

  static GcsCommand assigned(ActorSpec spec, int incarnation, int node) {
    return command()
        .setActorAssigned(
            ActorAssigned.newBuilder()
                .setId(spec.getId())
                .setIncarnation(incarnation)
                .setNode(node))
        .build();
  }

  static GcsCommand placed(ActorSpec spec, int incarnation, long worker) {
    return command()
        .setFrom(ProcessAddress.rayletOf(worker))
        .setActorPlaced(
            ActorPlaced.newBuilder()
                .setId(spec.getId())
                .setIncarnation(incarnation)
                .setWorker(worker))
        .build();
  }

  static GcsCommand notPlaced(ActorSpec spec, int incarnation, FailureKind kind) {
    return command()
        .setActorNotPlaced(
            ActorNotPlaced.newBuilder()
                .setId(spec.getId())
                .setIncarnation(incarnation)
                .setFailure(Failure.newBuilder().setKind(kind).setMessage("no process")))
        .build();
  }

  static GcsCommand constructed(ActorSpec spec, int incarnation, long worker) {
    return command()
        .setFrom(worker)
        .setActorConstructed(
            ActorConstructed.newBuilder().setId(spec.getId()).setIncarnation(incarnation))
        .build();
  }

  static GcsCommand constructionFailed(ActorSpec spec, int incarnation, long worker) {
    return command()
        .setFrom(worker)
        .setActorConstructed(
            ActorConstructed.newBuilder()
                .setId(spec.getId())
                .setIncarnation(incarnation)
                .setFailure(
                    Failure.newBuilder()
                        .setKind(FailureKind.TASK_FAILED)
                        .setMessage("the constructor threw")))
        .build();
  }

  static GcsCommand kill(ActorSpec spec, boolean allowRestart) {
    return command()
        .setKillActor(KillActor.newBuilder().setId(spec.getId()).setAllowRestart(allowRestart))
        .build();
  }

  static GcsCommand exiting(ActorSpec spec, long worker, boolean isFinishing) {
    return command()
        .setFrom(worker)
        .setActorExiting(ActorExiting.newBuilder().setId(spec.getId()).setIsFinishing(isFinishing))
        .build();
  }

  static GcsCommand put(String key, String value, boolean overwrite) {
    return command()
        .setKvPut(
            KvPut.newBuilder()
                .setKey(key)
                .setValue(ByteString.copyFromUtf8(value))
                .setOverwrite(overwrite))
        .build();
  }

  static GcsCommand delete(String key) {
    return command().setKvDelete(KvDelete.newBuilder().setKey(key)).build();
  }

  private static GcsCommand.Builder command() {
    return GcsCommand.newBuilder().setNowMillis(1_000);
  }
}
