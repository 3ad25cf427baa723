// Ends of a connection: deadlines, lingering, drain.
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/http/connection.h"
#include "daemon/http/loop_core.h"
#include "daemon/http/socket_calls.h"

namespace signet::http {

// Nothing asked, nothing half-read.
bool Connection::is_idle() const {
  return exchanges_.open_count() == 0 && phase_ == Phase::kHead && input_.data == nullptr;
}

// What the peer is being waited for, kCount when for nothing.
Deadline Connection::read_deadline_kind() const {
  if (input_ended_ || put_aside_ || !may_parse()) return Deadline::kCount;
  if (phase_ == Phase::kBody) return Deadline::kBody;
  if (input_.data != nullptr) return Deadline::kHead;
  if (exchanges_.open_count() > 0) return Deadline::kCount;  // the handler's turn, not the peer's
  return core_->draining ? Deadline::kDrain : Deadline::kIdle;
}

void Connection::update_read_deadline() {
  const Deadline kind = read_deadline_kind();
  if (kind == Deadline::kCount) return core_->deadlines.disarm(read_deadline_);
  // A deadline covers a whole head or body: it is not moved by further octets of the same message.
  if (kind != Deadline::kIdle && kind == read_deadline_.kind && deadline_sequence_ == exchanges_.next()) return;
  deadline_sequence_ = exchanges_.next();
  const Limits& limits = core_->limits;
  const uint32_t duration = kind == Deadline::kBody   ? limits.body_deadline_ms
                            : kind == Deadline::kHead ? limits.head_deadline_ms
                            : kind == Deadline::kIdle ? limits.idle_ms
                                                      : kDrainGraceMs;
  core_->deadlines.arm(read_deadline_, kind, uv_now(core_->loop) + duration);
}

void Connection::expire(Deadline kind) {
  if (kind == Deadline::kWrite && taken_by_peer() - taken_ >= kWriteProgressMin) return arm_write_deadline();
  core_->counters.deadlines[static_cast<size_t>(kind)].add();
  core_->deadlines.disarm(kind == Deadline::kWrite ? write_deadline_ : read_deadline_);
  switch (kind) {
    case Deadline::kHead:
      return refuse_partial_head(408);
    case Deadline::kBody:
      return refuse_current(408, "the request body did not arrive in time", true);
    case Deadline::kWrite: {
      // A peer that does not read: reset, else the kernel would keep its unread octets for minutes.
      const linger at_once{1, 0};
      setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      return abort();
    }
    default:
      return abort();
  }
}

void Connection::begin_drain() {
  if (life_ != Life::kOpen) return;
  // A request may be waiting in the socket: whoever sent it before the drain is served.
  if (is_idle() && unsent() == 0) read_ready();
  if (!dirty_) settle();
}

// Half-closes and reads on for a while: closing with unread octets in the socket makes the kernel send a reset, which
// can destroy the last answer before the peer has read it (RFC 9112 9.6).
void Connection::begin_linger() {
  if (input_ended_) return abort();
  life_ = Life::kLingering;
  core_->pool.release(input_);
  shutdown(descriptor_, SHUT_WR);
  core_->deadlines.arm(read_deadline_, Deadline::kLinger, uv_now(core_->loop) + core_->limits.linger_ms);
  watch();
}

void Connection::linger_read() {
  const ssize_t got = receive_octets(descriptor_, core_->read_buffer.get(), kReadSize);
  if (got <= 0) return abort();
  lingered_ += static_cast<size_t>(got);
  if (lingered_ > kLingerSizeMax) abort();
}

void Connection::abort() {
  if (life_ == Life::kFree || life_ == Life::kClosing) return;
  life_ = Life::kClosing;
  drop_exchanges();
  drop_held();
  core_->pool.release(input_);
  core_->pool.release(output_);
  core_->deadlines.disarm(read_deadline_);
  core_->deadlines.disarm(write_deadline_);
  uv_close(reinterpret_cast<uv_handle_t*>(&poll_), &Connection::on_closed);
  close(descriptor_);
}

void Connection::on_closed(uv_handle_t* handle) {
  auto* self = static_cast<Connection*>(handle->data);
  self->life_ = Life::kFree;
  ++self->generation_;
  self->core_->released(*self->core_, *self);
}

}  // namespace signet::http
