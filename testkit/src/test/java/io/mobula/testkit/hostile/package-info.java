/**
 * A hostile user: random programs that interrupt, throw everything, flood, drop and keep refs, and
 * open and close sessions, against an onlooker that knows what each call must come to. Start
 * reading with {@link io.mobula.testkit.hostile.HostileProgram}.
 */
@NullMarked
package io.mobula.testkit.hostile;

import org.jspecify.annotations.NullMarked;
