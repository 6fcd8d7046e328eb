/** What the tests run on their clusters: tasks, actors and drivers, as a user would write them. */
@NullMarked
package io.mobula.testkit.programs;

import org.jspecify.annotations.NullMarked;
