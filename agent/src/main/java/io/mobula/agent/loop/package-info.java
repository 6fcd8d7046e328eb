/**
 * The single-threaded loop that every component runs on: its mailbox, its timers, its clock.
 *
 * <p>An {@link io.mobula.agent.loop.Agent} holds state that one thread owns. An {@link
 * io.mobula.agent.loop.AgentLoop} is that thread: it takes messages from the mailbox, fires due
 * timers, polls sockets, and hands everything to the agent. Start reading at {@link
 * io.mobula.agent.loop.AgentLoop}.
 */
@NullMarked
package io.mobula.agent.loop;

import org.jspecify.annotations.NullMarked;
