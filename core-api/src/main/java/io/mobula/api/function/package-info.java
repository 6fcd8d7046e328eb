/**
 * The serializable functional interfaces that method references and lambdas become when they are
 * given to Mobula, one for each number of arguments. A program seldom names them, except to pick
 * one of several overloaded methods by a cast.
 */
@NullMarked
package io.mobula.api.function;

import org.jspecify.annotations.NullMarked;
