package io.mobula.worker.loop;

import io.mobula.proto.ActorSpec;

/** The actor that a process is, and which of its lives this is. */
public record ActorPlace(ActorSpec spec, int incarnation) {}
