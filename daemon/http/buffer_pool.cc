#include "daemon/http/buffer_pool.h"

#include <cstdlib>
#include <cstring>
#include <new>

#include "protocol/base/check.h"
#include "protocol/base/copy_text.h"

namespace signet::http {
namespace {

constexpr size_t kSmallest = 4096;
// Kept blocks per size: at most 4 MiB of each, enough for a thousand busy connections.
constexpr size_t kKeptOctets = 4 * 1024 * 1024;

struct SizeClass {
  size_t index;
  size_t capacity;
};

SizeClass size_class_of(size_t capacity_min) {
  SizeClass found{0, kSmallest};
  while (found.capacity < capacity_min) {
    ++found.index;
    found.capacity *= 4;
  }
  return found;
}

}  // namespace

BufferPool::~BufferPool() {
  for (FreeBlock* block : free_) {
    while (block != nullptr) {
      FreeBlock* next = block->next;
      std::free(block);
      block = next;
    }
  }
}

char* BufferPool::take(size_t size_class, size_t capacity) {
  if (size_class < kClassCount && free_[size_class] != nullptr) {
    FreeBlock* block = free_[size_class];
    free_[size_class] = block->next;
    --free_count_[size_class];
    return reinterpret_cast<char*>(block);
  }
  void* fresh = std::malloc(capacity);
  SIGNET_CHECK(fresh != nullptr);
  return static_cast<char*>(fresh);
}

void BufferPool::reserve(Buffer& buffer, size_t capacity_min) {
  if (capacity_min <= buffer.capacity && buffer.data != nullptr) return;
  const SizeClass wanted = size_class_of(capacity_min);
  Buffer larger{take(wanted.index, wanted.capacity), wanted.capacity, buffer.size};
  if (buffer.data != nullptr) std::memcpy(larger.data, buffer.data, buffer.size);
  release(buffer);
  buffer = larger;
}

void BufferPool::release(Buffer& buffer) {
  if (buffer.data == nullptr) return;
  const SizeClass size_class = size_class_of(buffer.capacity);
  if (size_class.index < kClassCount && free_count_[size_class.index] < kKeptOctets / size_class.capacity) {
    free_[size_class.index] = new (buffer.data) FreeBlock{free_[size_class.index]};
    ++free_count_[size_class.index];
  } else {
    std::free(buffer.data);
  }
  buffer = {};
}

void BufferPool::append(Buffer& buffer, std::string_view octets) {
  reserve(buffer, buffer.size + octets.size());
  copy_text(buffer.data + buffer.size, octets);
  buffer.size += octets.size();
}

}  // namespace signet::http
