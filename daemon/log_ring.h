// LogRing: the queue of one producing thread to the writing thread, with fixed slots, and the form of an event in it.
//
// Invariants: one producer moves `head_`, one consumer moves `tail_`; a slot is the producer's from the consumer's
// release of `tail_` on, and the consumer's from the producer's release of `head_` on. Neither waits for the other.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "daemon/log.h"
#include "protocol/base/time.h"

namespace signet {

// An event in fixed storage: the name, then name and value of each field, each with a 16-bit size before it.
struct LogEvent {
  static constexpr size_t kTextSize = 1008;  // with the members before it 1 KiB
  UnixMs time_ms;
  LogLevel level;
  uint8_t cut;  // 1: fields were left out or shortened
  uint16_t size;
  std::array<char, kTextSize> text;

  // Fills this event; what does not fit is cut. Any thread, does not allocate.
  void fill(UnixMs now, LogLevel event_level, std::string_view event, std::initializer_list<LogField> fields);
  // Takes the next text from the front of `rest` (a view into `text`).
  static std::string_view take(std::string_view& rest);

 private:
  bool append(std::string_view part);
};

class LogRing {
 public:
  static constexpr size_t kSlots = 256;

  // Producer: the slot to fill, or null when the ring is full (counted as dropped). `commit` publishes it.
  LogEvent* reserve() {
    uint64_t head = head_.load(std::memory_order_relaxed);
    if (head - tail_.load(std::memory_order_acquire) == kSlots) {
      dropped_.store(dropped_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
      return nullptr;
    }
    return &slots_[head % kSlots];
  }
  void commit() { head_.store(head_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }
  void close() { closed_.store(true, std::memory_order_release); }

  // Consumer: the oldest event or null; `release` gives its slot back.
  const LogEvent* front() const {
    uint64_t tail = tail_.load(std::memory_order_relaxed);
    return head_.load(std::memory_order_acquire) == tail ? nullptr : &slots_[tail % kSlots];
  }
  void release() { tail_.store(tail_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }
  bool closed() const { return closed_.load(std::memory_order_acquire); }
  uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  alignas(64) std::atomic<uint64_t> head_{0};
  std::atomic<uint64_t> dropped_{0};
  std::atomic<bool> closed_{false};
  alignas(64) std::atomic<uint64_t> tail_{0};
  std::array<LogEvent, kSlots> slots_;
};

}  // namespace signet
