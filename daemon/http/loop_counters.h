// LoopCounters: what one ServerLoop counts. Written by its thread only (relaxed load and store, no locked instruction),
// read by any.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace signet::http {

// A counter or gauge with one writer.
class LoopCounter {
 public:
  void add(uint64_t n = 1) { value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed); }
  void set(uint64_t n) { value_.store(n, std::memory_order_relaxed); }
  uint64_t read() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

// Why a connection was cut; also the deadline classes. Order is that of the counters below.
enum class Deadline : uint8_t { kIdle, kHead, kBody, kWrite, kLinger, kDrain, kCount };

// Statuses that the HTTP layer itself answers with; indexes LoopCounters::refusals.
inline constexpr std::array<int, 9> kRefusalStatuses{400, 408, 413, 414, 417, 431, 501, 503, 505};

struct alignas(64) LoopCounters {
  LoopCounter connections_open;  // gauge
  LoopCounter connections_accepted;
  LoopCounter refused_address;      // over connections_per_address_max: newcomer closed
  LoopCounter refused_descriptors;  // no file descriptor was left: newcomer closed
  LoopCounter accept_pauses;        // connections_max reached
  std::array<LoopCounter, static_cast<size_t>(Deadline::kCount)> deadlines;  // connections cut, by deadline
  LoopCounter requests;                                                      // complete requests handed to the handler
  LoopCounter in_flight;                                                     // gauge: handed over, not answered yet
  std::array<LoopCounter, kRefusalStatuses.size()> refusals;  // answers of the HTTP layer's own, by status
  LoopCounter octets_in;
  LoopCounter octets_out;
};

}  // namespace signet::http
