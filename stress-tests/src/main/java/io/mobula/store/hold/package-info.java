/**
 * Stress tests of the index and the hold tables: jcstress runs each method marked as an actor on a
 * thread of its own, at the same time, millions of times, and compares what they saw with the
 * outcomes that are listed. Run by {@code mvn verify} in short, and by {@code mvn verify
 * -Pcampaign} for hours.
 */
@NullMarked
package io.mobula.store.hold;

import org.jspecify.annotations.NullMarked;
