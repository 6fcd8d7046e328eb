package io.mobula.agent.link;

import io.mobula.agent.loop.Timers;

/**
 * What links of one loop share.
 *
 * @param timers of the loop that the link lives on
 */
public record LinkContext(Timers timers, LinkLimits limits, LinkIdentity identity) {}
