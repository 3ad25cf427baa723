// BufferPool: the octets that connections keep between reads and writes. A connection takes a buffer only while it
// holds a partial message or an unsent answer, so that ten thousand idle connections cost none.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace signet::http {

// A pooled block and how much of it is used. Plain value; whoever holds it gives it back.
struct Buffer {
  char* data = nullptr;
  size_t capacity = 0;
  size_t size = 0;
  std::string_view view() const { return {data, size}; }
};

// Loop thread only. Blocks come in powers of four from 4 KiB; returned ones are kept up to a bound per size, so that
// the steady path does not allocate and a burst is not held for ever. Aborts when memory is exhausted.
class BufferPool {
 public:
  BufferPool() = default;
  ~BufferPool();
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  // Gives `buffer` room for `capacity_min` octets in all, keeping its content; takes a block when it has none.
  void reserve(Buffer& buffer, size_t capacity_min);
  // Returns the block, if any; `buffer` is empty afterwards.
  void release(Buffer& buffer);
  // Appends octets, growing as needed.
  void append(Buffer& buffer, std::string_view octets);

 private:
  struct FreeBlock {
    FreeBlock* next;
  };
  static constexpr size_t kClassCount = 4;  // pooled sizes: 4, 16, 64, 256 KiB; larger ones are freed at once
  char* take(size_t size_class, size_t capacity);

  std::array<FreeBlock*, kClassCount> free_{};
  std::array<uint32_t, kClassCount> free_count_{};
};

}  // namespace signet::http
