/**
 * The main job: a census of class files, by default those of the JDK that it runs on, on a cluster.
 * {@link io.mobula.examples.census.CensusMain} is the program, {@code CensusJob} what it asks of
 * the cluster, {@code CensusTasks} what runs there and {@code Progress} the actor. What is counted
 * is in {@code Census} and {@code CensusCounter}, which know nothing of a cluster.
 */
@NullMarked
package io.mobula.examples.census;

import org.jspecify.annotations.NullMarked;
