// The tick: one coarse timer for the deadlines of all connections, running only while there is something to time.
#include "daemon/http/server_loop_impl.h"

namespace signet::http {

void ServerLoopImpl::start_tick() {
  if (ticking_) return;
  ticking_ = true;
  uv_timer_start(
      &tick_, [](uv_timer_t* handle) { static_cast<ServerLoopImpl*>(handle->loop->data)->on_tick(); }, kTickMs,
      kTickMs);
}

void ServerLoopImpl::on_tick() {
  const uint64_t now_ms = uv_now(&loop_);
  while (DeadlineNode* node = core_.deadlines.due(now_ms)) node->owner->expire(node->kind);
  if (retry_accept_) resume_accept();
  if (core_.draining && now_ms >= drain_until_ms_) uv_stop(&loop_);
  stop_tick_when_idle();
}

void ServerLoopImpl::stop_tick_when_idle() {
  if (connections_ > 0 || accept_paused_ || core_.draining) return;
  ticking_ = false;
  uv_timer_stop(&tick_);
}

}  // namespace signet::http
