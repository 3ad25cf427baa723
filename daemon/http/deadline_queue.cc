#include "daemon/http/deadline_queue.h"

namespace signet::http {

DeadlineQueue::DeadlineQueue() {
  for (DeadlineNode& sentinel : lists_) sentinel.previous = sentinel.next = &sentinel;
}

void DeadlineQueue::unlink(DeadlineNode& node) {
  node.previous->next = node.next;
  node.next->previous = node.previous;
}

void DeadlineQueue::arm(DeadlineNode& node, Deadline kind, uint64_t due_ms) {
  if (node.kind != Deadline::kCount) unlink(node);
  DeadlineNode& sentinel = lists_[static_cast<size_t>(kind)];
  node.kind = kind;
  node.due_ms = due_ms;
  node.next = &sentinel;
  node.previous = sentinel.previous;
  sentinel.previous->next = &node;
  sentinel.previous = &node;
}

void DeadlineQueue::disarm(DeadlineNode& node) {
  if (node.kind == Deadline::kCount) return;
  unlink(node);
  node.kind = Deadline::kCount;
}

DeadlineNode* DeadlineQueue::due(uint64_t now_ms) const {
  for (const DeadlineNode& sentinel : lists_) {
    if (sentinel.next != &sentinel && sentinel.next->due_ms <= now_ms) return sentinel.next;
  }
  return nullptr;
}

}  // namespace signet::http
