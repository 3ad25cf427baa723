// DeadlineQueue: deadlines of all connections without a timer each. Every class has one duration, so its deadlines fall
// due in the order in which they were armed: a FIFO per class, looked at by one coarse tick.
#pragma once

#include <array>
#include <cstdint>

#include "daemon/http/loop_counters.h"

namespace signet::http {

class Connection;

// Lives inside its connection. `kind` is kCount while unarmed.
struct DeadlineNode {
  DeadlineNode* previous = nullptr;
  DeadlineNode* next = nullptr;
  Connection* owner = nullptr;
  uint64_t due_ms = 0;
  Deadline kind = Deadline::kCount;
};

// Loop thread only. A change of a class's duration takes effect in order: the older, longer ones come first.
class DeadlineQueue {
 public:
  DeadlineQueue();
  DeadlineQueue(const DeadlineQueue&) = delete;
  DeadlineQueue& operator=(const DeadlineQueue&) = delete;

  // Arms or rearms; the node moves to the end of its class.
  void arm(DeadlineNode& node, Deadline kind, uint64_t due_ms);
  void disarm(DeadlineNode& node);
  // A node that is due, or nullptr. The caller disarms or rearms it, else it comes again.
  DeadlineNode* due(uint64_t now_ms) const;

 private:
  void unlink(DeadlineNode& node);
  std::array<DeadlineNode, static_cast<size_t>(Deadline::kCount)> lists_;  // sentinels of rings
};

}  // namespace signet::http
