// ExchangeQueue: the exchanges of one connection between request and answer, so that answers leave in request order
// whatever order the handler gives them in (RFC 9112 9.3.2). Flags only; no memory of its own.
#pragma once

#include <cstddef>
#include <cstdint>

namespace signet::http {

// At most this many exchanges wait on one connection, whatever the configuration says.
inline constexpr size_t kPipelineRoom = 64;

// Invariant: sequences [first, next) are open, next - first <= kPipelineRoom; bit s % 64 of each mask belongs to
// sequence s and is meaningful only while s is open. Sequences wrap around.
class ExchangeQueue {
 public:
  uint32_t first() const { return first_; }
  uint32_t next() const { return next_; }
  size_t open_count() const { return next_ - first_; }
  bool is_open(uint32_t sequence) const { return sequence - first_ < next_ - first_; }
  // Open and without an answer.
  bool is_waiting(uint32_t sequence) const { return is_open(sequence) && (answered_ & bit(sequence)) == 0; }

  // Opens the next exchange.
  uint32_t begin(bool head, bool old_keep_alive) {
    const uint32_t sequence = next_++;
    assign(head_, sequence, head);
    assign(old_keep_alive_, sequence, old_keep_alive);
    assign(answered_, sequence, false);
    assign(handed_, sequence, false);
    assign(parked_, sequence, false);
    return sequence;
  }
  bool is_head(uint32_t sequence) const { return (head_ & bit(sequence)) != 0; }
  bool is_old_keep_alive(uint32_t sequence) const { return (old_keep_alive_ & bit(sequence)) != 0; }
  // The handler has the whole request.
  void mark_handed(uint32_t sequence) { assign(handed_, sequence, true); }
  // The handler waits with it for an event; true when it was in flight until now.
  bool mark_parked(uint32_t sequence) {
    const bool handed = (handed_ & bit(sequence)) != 0;
    assign(handed_, sequence, false);
    assign(parked_, sequence, handed || is_parked(sequence));
    return handed;
  }
  bool is_parked(uint32_t sequence) const { return (parked_ & bit(sequence)) != 0; }
  // Something is open, and of what waits for an answer all is parked.
  bool only_parked() const {
    for (uint32_t sequence = first_; sequence != next_; ++sequence) {
      if (is_waiting(sequence) && !is_parked(sequence)) return false;
    }
    return first_ != next_;
  }
  // Answered, now or to be sent later; true when the handler had it in flight.
  bool mark_answered(uint32_t sequence) {
    assign(answered_, sequence, true);
    const bool handed = (handed_ & bit(sequence)) != 0;
    assign(handed_, sequence, false);
    assign(parked_, sequence, false);
    return handed;
  }
  // The answer to first() is in the output.
  void pop() { ++first_; }
  // Drops all open exchanges; how many of them the handler had in flight.
  uint32_t clear() {
    uint32_t in_flight = 0;
    for (; first_ != next_; ++first_) in_flight += (handed_ & bit(first_)) != 0 ? 1 : 0;
    return in_flight;
  }

 private:
  static uint64_t bit(uint32_t sequence) { return uint64_t{1} << (sequence % kPipelineRoom); }
  static void assign(uint64_t& mask, uint32_t sequence, bool value) {
    mask = value ? mask | bit(sequence) : mask & ~bit(sequence);
  }

  uint32_t first_ = 0;
  uint32_t next_ = 0;
  uint64_t answered_ = 0;
  uint64_t handed_ = 0;
  uint64_t parked_ = 0;
  uint64_t head_ = 0;
  uint64_t old_keep_alive_ = 0;
};

}  // namespace signet::http
