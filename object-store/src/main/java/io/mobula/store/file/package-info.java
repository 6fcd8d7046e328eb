/**
 * The store's file, from its owner's side: making it, giving it memory, deleting it, and deleting
 * what dead owners left.
 *
 * <p>Start at {@link io.mobula.store.file.StoreFile}. {@link io.mobula.store.file.StoreDirectory}
 * says where stores go and {@link io.mobula.store.file.CapacityPolicy} how large one may be. Every
 * method here does file I/O on the calling thread and may block, except the policy, which is pure.
 */
@NullMarked
package io.mobula.store.file;

import org.jspecify.annotations.NullMarked;
