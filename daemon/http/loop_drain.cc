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
  // The kernel has completed these handshakes in our name: closing the listener would reset them.
  for (const auto& listener : listeners_) {
    while (accept_one(*listener)) {
    }
  }
  close_listeners();
  for (const auto& block : blocks_) {
    for (Connection& connection : block->connections) connection.begin_drain();
  }
  core_.handler->on_drain(*this);
  finish_drain_when_empty();
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
