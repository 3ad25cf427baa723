// Graceful stop: nobody who was already queued is turned away.
#include "daemon/http/server_loop_impl.h"

namespace signet::http {

void ServerLoopImpl::drain(uint32_t deadline_ms) {
  post([this, deadline_ms] { begin_drain(deadline_ms); });
}

void ServerLoopImpl::begin_drain(uint32_t deadline_ms) {
  if (core_.draining) return;
  core_.draining = true;
  uv_update_time(&loop_);
  drain_until_ms_ = uv_now(&loop_) + deadline_ms;
  start_tick();
  accept_the_last();
  close_listeners();
  for (const auto& block : blocks_) {
    for (Connection& connection : block->connections) connection.begin_drain();
  }
  core_.handler->on_drain(*this);
  finish_drain_when_empty();
}

// The kernel completes handshakes in our name: closing the listener would reset those that it has, and those that it
// completes between the last look and the close. So nobody may begin one any more, and who had begun gets a round trip.
void ServerLoopImpl::accept_the_last() {
  constexpr int kHandshakeMs = 5;
  constexpr int kLooksMax = 20;  // an end, should the kernel let them begin all the same
  for (const auto& listener : listeners_) listener->refuse_new();
  for (const auto& listener : listeners_) {
    for (int look = 0; look < kLooksMax; ++look) {
      while (accept_one(*listener)) {
      }
      if (retry_accept_ || !listener->wait_readable(kHandshakeMs)) break;
    }
  }
}

void ServerLoopImpl::close_listeners() {
  for (const auto& listener : listeners_) {
    if (listener->descriptor < 0) continue;
    uv_close(reinterpret_cast<uv_handle_t*>(&listener->poll), nullptr);
    listener->shut();
  }
}

void ServerLoopImpl::finish_drain_when_empty() {
  if (connections_ == 0) uv_stop(&loop_);
}

}  // namespace signet::http
