/**
 * Random histories of leases: owners and workers as they are, raylets and the network of the
 * test's. Start reading at {@link io.mobula.worker.history.LeaseHistoryTest}.
 */
@NullMarked
package io.mobula.worker.history;

import org.jspecify.annotations.NullMarked;
