#include "keystore/signing/thread_arena.h"

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <new>
#include <utility>

#include "keystore/vault/locked_pages.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

constexpr size_t kPayloadMin = 32;
constexpr size_t kPayloadMax = 32 * 1024;  // larger blocks have pages of their own; signing needs none
constexpr size_t kChunkSize = 64 * 1024;
// Two classes per power of two: at most a third of a block is unused.
constexpr size_t kClasses = 2 * static_cast<size_t>(std::countr_zero(kPayloadMax / kPayloadMin)) + 1;
constexpr uint32_t kLarge = 0xffff'fffe;
constexpr uint32_t kLargeUnlocked = 0xffff'ffff;

struct Arena;

// Stands before each payload.
struct alignas(16) Block {
  Arena* owner;
  uint32_t size;         // as asked for: what is wiped
  uint32_t class_index;  // or kLarge*
};
static_assert(sizeof(Block) == 16);

struct Arena {
  std::array<Block*, kClasses> free{};
  uint8_t* chunk = nullptr;
  size_t chunk_left = 0;
  std::atomic<Block*> returned{nullptr};  // freed by other threads
  Arena* next_idle = nullptr;             // under registry.mutex
};

// Never destroyed: OpenSSL frees blocks after the destructors of this file would have run.
struct Registry {
  std::mutex mutex;
  Arena* idle = nullptr;    // arenas whose thread has ended
  Arena* shared = nullptr;  // for threads that allocate while they end; used under `mutex`
  std::atomic<size_t> mapped{0};
  std::atomic<size_t> unlocked{0};
};
constinit Registry registry;

constinit thread_local Arena* held = nullptr;
constinit thread_local bool thread_ended = false;

void* payload_of(Block* block) { return block + 1; }
Block* block_of(void* payload) { return static_cast<Block*>(payload) - 1; }

// The link of a free block is in its payload.
Block* next_of(Block* block) {
  uintptr_t next = 0;
  std::memcpy(&next, payload_of(block), sizeof next);
  return reinterpret_cast<Block*>(next);
}
void set_next(Block* block, Block* next) {
  const auto address = reinterpret_cast<uintptr_t>(next);
  std::memcpy(payload_of(block), &address, sizeof address);
}

size_t class_of(size_t size) {
  if (size <= kPayloadMin) return 0;
  const auto log = static_cast<size_t>(std::bit_width(size - 1));  // size <= 2^log
  const size_t power = 2 * (log - 5);
  return size <= (size_t{3} << (log - 2)) ? power - 1 : power;
}
constexpr size_t payload_size(size_t class_index) {
  return class_index % 2 == 0 ? kPayloadMin << class_index / 2 : (size_t{48} << class_index / 2);
}
static_assert(payload_size(0) == 32 && payload_size(1) == 48 && payload_size(2) == 64);
static_assert(payload_size(kClasses - 1) == kPayloadMax);

LockedPages map_counted(size_t size) {
  const LockedPages pages = map_locked_pages(size);
  registry.mapped.fetch_add(pages.size, std::memory_order_relaxed);
  if (!pages.locked) registry.unlocked.fetch_add(pages.size, std::memory_order_relaxed);
  return pages;
}

Arena* new_arena() {
  const LockedPages pages = map_counted(kChunkSize);
  if (pages.data == nullptr) return nullptr;
  auto* arena = new (pages.data) Arena;
  constexpr size_t kUsed = (sizeof(Arena) + 63) / 64 * 64;
  arena->chunk = pages.data + kUsed;
  arena->chunk_left = pages.size - kUsed;
  return arena;
}

void push_free(Arena& arena, Block* block) {
  set_next(block, arena.free[block->class_index]);
  arena.free[block->class_index] = block;
}

void take_returned(Arena& arena) {
  Block* block = arena.returned.exchange(nullptr, std::memory_order_acquire);
  while (block != nullptr) {
    Block* next = next_of(block);
    push_free(arena, block);
    block = next;
  }
}

Block* carve(Arena& arena, size_t class_index) {
  const size_t whole = sizeof(Block) + payload_size(class_index);
  if (arena.chunk_left < whole) {
    const LockedPages pages = map_counted(kChunkSize);
    if (pages.data == nullptr) return nullptr;
    arena.chunk = pages.data;
    arena.chunk_left = pages.size;
  }
  arena.chunk_left -= whole;
  return new (std::exchange(arena.chunk, arena.chunk + whole))
      Block{.owner = &arena, .size = 0, .class_index = static_cast<uint32_t>(class_index)};
}

void* allocate_in(Arena& arena, size_t size) {
  const size_t class_index = class_of(size);
  Block* block = arena.free[class_index];
  if (block == nullptr) [[unlikely]] {
    take_returned(arena);
    block = arena.free[class_index];
  }
  if (block != nullptr) [[likely]] {
    arena.free[class_index] = next_of(block);
  } else {
    block = carve(arena, class_index);
    if (block == nullptr) return nullptr;
  }
  block->size = static_cast<uint32_t>(size);
  return payload_of(block);
}

void* allocate_large(size_t size) {
  // 64 keeps a cache line's alignment; the header stands at its end.
  constexpr size_t kOffset = 64;
  if (size > UINT32_MAX / 2) return nullptr;
  const LockedPages pages = map_counted(size + kOffset);
  if (pages.data == nullptr) return nullptr;
  auto* block = new (pages.data + kOffset - sizeof(Block)) Block{
      .owner = nullptr, .size = static_cast<uint32_t>(size), .class_index = pages.locked ? kLarge : kLargeUnlocked};
  return payload_of(block);
}

void free_large(Block* block) {
  constexpr size_t kOffset = 64;
  const bool locked = block->class_index == kLarge;
  uint8_t* start = static_cast<uint8_t*>(payload_of(block)) - kOffset;
  const size_t mapped = whole_pages(block->size + kOffset);
  unmap_locked_pages({start, mapped, locked});
  registry.mapped.fetch_sub(mapped, std::memory_order_relaxed);
  if (!locked) registry.unlocked.fetch_sub(mapped, std::memory_order_relaxed);
}

// Hands the arena to the next thread that needs one.
struct ThreadEnd {
  ~ThreadEnd() {
    Arena* arena = std::exchange(held, nullptr);
    thread_ended = true;
    if (arena == nullptr) return;
    const std::lock_guard lock(registry.mutex);
    arena->next_idle = registry.idle;
    registry.idle = arena;
  }
};

void* allocate_in_shared(size_t size) {
  const std::lock_guard lock(registry.mutex);
  if (registry.shared == nullptr) registry.shared = new_arena();
  return registry.shared == nullptr ? nullptr : allocate_in(*registry.shared, size);
}

// The first allocation of a thread, or one after its end (OpenSSL's own per-thread destructors run late).
void* allocate_without_arena(size_t size) {
  if (thread_ended) return allocate_in_shared(size);
  thread_local ThreadEnd at_thread_end;
  (void)at_thread_end;
  {
    const std::lock_guard lock(registry.mutex);
    held = registry.idle;
    if (held != nullptr) registry.idle = held->next_idle;
  }
  if (held == nullptr) held = new_arena();
  return held == nullptr ? nullptr : allocate_in(*held, size);
}

}  // namespace

void* thread_arena_allocate(size_t size) {
  if (size == 0) return nullptr;
  if (size > kPayloadMax) [[unlikely]]
    return allocate_large(size);
  if (held == nullptr) [[unlikely]]
    return allocate_without_arena(size);
  return allocate_in(*held, size);
}

void thread_arena_free(void* payload) {
  if (payload == nullptr) return;
  Block* block = block_of(payload);
  if (block->class_index >= kLarge) [[unlikely]]
    return free_large(block);
  wipe({static_cast<uint8_t*>(payload), block->size});
  Arena& owner = *block->owner;
  if (&owner == held) [[likely]]
    return push_free(owner, block);
  Block* top = owner.returned.load(std::memory_order_relaxed);
  do {
    set_next(block, top);
  } while (!owner.returned.compare_exchange_weak(top, block, std::memory_order_release, std::memory_order_relaxed));
}

void* thread_arena_reallocate(void* payload, size_t size) {
  if (payload == nullptr) return thread_arena_allocate(size);
  if (size == 0) {
    thread_arena_free(payload);
    return nullptr;
  }
  Block* block = block_of(payload);
  const size_t old = block->size;
  if (block->class_index < kLarge && size <= payload_size(block->class_index)) {
    if (size < old) wipe({static_cast<uint8_t*>(payload) + size, old - size});
    block->size = static_cast<uint32_t>(size);
    return payload;
  }
  void* larger = thread_arena_allocate(size);
  if (larger == nullptr) return nullptr;
  std::memcpy(larger, payload, old < size ? old : size);
  thread_arena_free(payload);
  return larger;
}

size_t thread_arena_mapped() { return registry.mapped.load(std::memory_order_relaxed); }
size_t thread_arena_unlocked() { return registry.unlocked.load(std::memory_order_relaxed); }

}  // namespace signet
