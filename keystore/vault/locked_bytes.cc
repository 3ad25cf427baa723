#include "keystore/vault/locked_bytes.h"

#include <array>
#include <bit>
#include <mutex>
#include <utility>

#include "keystore/vault/locked_pages.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

// A page per key would use up RLIMIT_MEMLOCK (8 MiB by default) after two thousand keys, so small secrets share pages:
// power-of-two classes with a free list each. Blocks above the largest class have pages of their own.
constexpr size_t kBlockMin = 64;  // a cache line: the states of two workers never share one
constexpr size_t kBlockMax = 4096;
constexpr size_t kChunkSize = 64 * 1024;
constexpr size_t kClasses = std::bit_width(kBlockMax / kBlockMin);
static_assert(kChunkSize % kBlockMax == 0);

struct FreeBlock {
  FreeBlock* next;
};

// Never destroyed (all members are trivially destructible), so that objects of static storage may still release.
struct Arena {
  std::mutex mutex;
  std::array<FreeBlock*, kClasses> free{};
  uint8_t* chunk = nullptr;
  size_t chunk_left = 0;
  size_t mapped = 0;
};
constinit Arena arena;

size_t class_size(size_t size) { return std::bit_ceil(size < kBlockMin ? kBlockMin : size); }
size_t class_index(size_t rounded) { return static_cast<size_t>(std::countr_zero(rounded / kBlockMin)); }

bool refill_chunk() {
  const LockedPages pages = map_locked_pages(kChunkSize);
  if (!pages.locked) {
    unmap_locked_pages(pages);
    return false;
  }
  arena.chunk = pages.data;
  arena.chunk_left = pages.size;
  arena.mapped += pages.size;
  return true;
}

uint8_t* allocate_small(size_t rounded) {
  const std::lock_guard lock(arena.mutex);
  FreeBlock*& head = arena.free[class_index(rounded)];
  if (head != nullptr) {
    FreeBlock* block = std::exchange(head, head->next);
    block->next = nullptr;  // the rest of a free block is zero already
    return reinterpret_cast<uint8_t*>(block);
  }
  // What is left of a chunk that is too short is lost: at most one block's worth per chunk.
  if (arena.chunk_left < rounded && !refill_chunk()) return nullptr;
  arena.chunk_left -= rounded;
  return std::exchange(arena.chunk, arena.chunk + rounded);
}

uint8_t* allocate_large(size_t size) {
  const LockedPages pages = map_locked_pages(size);
  if (!pages.locked) {
    unmap_locked_pages(pages);
    return nullptr;
  }
  const std::lock_guard lock(arena.mutex);
  arena.mapped += pages.size;
  return pages.data;
}

void release_large(uint8_t* bytes, size_t size) {
  const size_t whole = whole_pages(size);
  unmap_locked_pages({bytes, whole, true});
  const std::lock_guard lock(arena.mutex);
  arena.mapped -= whole;
}

}  // namespace

std::optional<LockedBytes> LockedBytes::zeroed(size_t size) {
  if (size == 0) return LockedBytes();
  uint8_t* bytes = size <= kBlockMax ? allocate_small(class_size(size)) : allocate_large(size);
  if (bytes == nullptr) return std::nullopt;
  return LockedBytes(bytes, size);
}

std::optional<LockedBytes> LockedBytes::copy_of(ByteSpan from) {
  std::optional<LockedBytes> copy = zeroed(from.size());
  if (copy && !from.empty()) std::memcpy(copy->bytes_, from.data(), from.size());
  return copy;
}

LockedBytes::LockedBytes(LockedBytes&& other) noexcept
    : bytes_(std::exchange(other.bytes_, nullptr)), size_(std::exchange(other.size_, 0)) {}

LockedBytes& LockedBytes::operator=(LockedBytes&& other) noexcept {
  if (this == &other) return *this;
  release();
  bytes_ = std::exchange(other.bytes_, nullptr);
  size_ = std::exchange(other.size_, 0);
  return *this;
}

LockedBytes::~LockedBytes() { release(); }

void LockedBytes::release() noexcept {
  if (bytes_ == nullptr) return;
  if (size_ > kBlockMax) return release_large(bytes_, size_);
  wipe({bytes_, size_});
  const std::lock_guard lock(arena.mutex);
  FreeBlock*& head = arena.free[class_index(class_size(size_))];
  auto* block = reinterpret_cast<FreeBlock*>(bytes_);
  block->next = head;
  head = block;
}

size_t locked_bytes_mapped() {
  const std::lock_guard lock(arena.mutex);
  return arena.mapped;
}

}  // namespace signet
