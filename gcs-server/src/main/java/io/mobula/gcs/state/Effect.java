package io.mobula.gcs.state;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.ActorSpec;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessDied;

/** What has to be done because a command was applied. Replaying a log drops them. */
public sealed interface Effect {
  /** Send a packet to {@code packet.to}, by way of its raylet. */
  record Send(Packet packet) implements Effect {}

  /** A node came or went: tell the raylets. */
  record NodeChanged(int number) implements Effect {}

  /** A job began or ended: tell the raylets. */
  record JobChanged(int id) implements Effect {}

  /** A process or a node died: tell the raylets, forget what it had asked for. */
  record ProcessEnded(ProcessDied death) implements Effect {}

  /** An actor changed in what its subscribers see. */
  record ActorChanged(ObjectKey id) implements Effect {}

  /** Ask the node's raylet for a process for the actor. */
  record PlaceOnNode(int node, ActorSpec spec, int incarnation) implements Effect {}

  /** Have the placed process run the constructor. */
  record Construct(long worker, ActorSpec spec, int incarnation) implements Effect {}
}
