/**
 * Tests of the one jar that a user depends on: what is in it, and that the relocated libraries
 * still work. They run after packaging, against the finished file.
 */
@NullMarked
package io.mobula.bundle;

import org.jspecify.annotations.NullMarked;
