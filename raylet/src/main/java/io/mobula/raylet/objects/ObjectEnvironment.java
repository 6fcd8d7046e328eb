package io.mobula.raylet.objects;

import io.mobula.agent.loop.Clock;
import io.mobula.agent.loop.LoopExecutor;
import io.mobula.agent.loop.Timers;
import io.mobula.store.spill.SpillTarget;
import java.util.Random;
import java.util.concurrent.Executor;

/**
 * What the object service needs of the process around it.
 *
 * @param outbox where its packets leave
 * @param loop the raylet's loop
 * @param timers of the same loop
 * @param clock of the same loop
 * @param threads for work that blocks: a thread a task, virtual ones in practice
 * @param processes of this machine
 * @param spillTarget where objects go that have no room in memory; closed by the caller
 * @param random unpredictable ({@link java.security.SecureRandom})
 */
public record ObjectEnvironment(
    ObjectOutbox outbox,
    LoopExecutor loop,
    Timers timers,
    Clock clock,
    Executor threads,
    ProcessFinder processes,
    SpillTarget spillTarget,
    Random random) {}
