package io.mobula.worker.loop;

import io.mobula.agent.link.InProcessNetwork;

/**
 * The process of a core worker that shares it with others of its cluster.
 *
 * @param network where they dial each other
 * @param userThreads the group of the threads that run this one's user code, and of those that such
 *     code starts
 */
public record SharedProcess(InProcessNetwork network, ThreadGroup userThreads) {}
