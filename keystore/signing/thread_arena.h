// ThreadArena: malloc, realloc and free over locked pages, for blocks that hold key material now and then.
//
// Invariants. A block belongs for ever to the arena it was carved from. Only the thread that holds an arena touches its
// free lists; another thread frees a block by pushing it on the arena's `returned` stack (lock-free), which the holder
// takes whole when a list is empty: nobody pops single blocks from it, so ABA cannot happen. An arena is never
// destroyed: when its thread ends it waits for the next thread. Free blocks are zero but for their link.
//
// Thread rule: any; all functions are static to the calling thread.
#pragma once

#include <cstddef>

namespace signet {

// thread_arena_allocate gives `size` octets aligned to 16; null for size 0 or when the kernel gives none.
void* thread_arena_allocate(size_t size);
// thread_arena_reallocate as realloc(3); null leaves `block` as it is. What is cut off or left behind is wiped.
void* thread_arena_reallocate(void* block, size_t size);
// thread_arena_free wipes the block. Null is allowed; blocks of other threads too.
void thread_arena_free(void* block);

// Octets mapped by all arenas, and those of them that could not be locked.
size_t thread_arena_mapped();
size_t thread_arena_unlocked();

}  // namespace signet
