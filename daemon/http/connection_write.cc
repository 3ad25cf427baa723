// Octets out: once per loop iteration, whatever that iteration produced, or once more before long work.
#include <sys/ioctl.h>

#include <cerrno>
#include <cstring>

#include "daemon/http/connection.h"
#include "daemon/http/loop_core.h"
#include "daemon/http/socket_calls.h"

namespace signet::http {

void Connection::flush() {
  dirty_ = false;
  if (life_ == Life::kOpen && write_output()) settle();
}

// False when the connection ended over it.
bool Connection::write_output() {
  if (unsent() == 0) return true;
  const ssize_t result = send_octets(descriptor_, output_.data + output_sent_, unsent());
  if (result < 0 && errno != EAGAIN && errno != EINTR) {
    abort();
    return false;
  }
  const size_t taken = result < 0 ? 0 : static_cast<size_t>(result);
  core_->counters.octets_out.add(taken);
  output_sent_ += taken;
  written_ += taken;
  if (unsent() == 0) {
    core_->pool.release(output_);
    output_sent_ = 0;
    core_->deadlines.disarm(write_deadline_);
    return true;
  }
  if (output_sent_ >= output_.size / 2) {  // a peer that never catches up must not make the buffer grow
    std::memmove(output_.data, output_.data + output_sent_, unsent());
    output_.size = unsent();
    output_sent_ = 0;
  }
  if (write_deadline_.kind == Deadline::kCount) arm_write_deadline();
  return true;
}

// What the peer has acknowledged. The kernel reports room only when much of its buffer is free, so that a slow but
// steady reader would look like a stalled one if only our own writes counted.
uint64_t Connection::taken_by_peer() const {
  int queued = 0;
  if (ioctl(descriptor_, TIOCOUTQ, &queued) != 0 || queued < 0) queued = 0;
  const auto waiting = static_cast<uint64_t>(queued);
  return written_ > waiting ? written_ - waiting : 0;
}

void Connection::arm_write_deadline() {
  taken_ = taken_by_peer();
  core_->deadlines.arm(write_deadline_, Deadline::kWrite, uv_now(core_->loop) + core_->limits.write_stall_ms);
}

// Decides what the connection waits for next. Called after reading and after writing, never from a handler's call.
void Connection::settle() {
  if (life_ != Life::kOpen) return;
  if (stopped_ && input_.data != nullptr) core_->pool.release(input_);
  if (unsent() == 0) {
    if (finished_) return begin_linger();
    // Nobody half-closes to wait for an event: that is how a peer that hung up looks.
    if (input_ended_ && exchanges_.only_parked()) return abort();
    if (is_idle() && (input_ended_ || (core_->draining && served_))) return abort();
  }
  if (put_aside_ && !resume_queued_ && may_parse()) {
    resume_queued_ = true;
    core_->resume.push_back(this);
  }
  watch();
  update_read_deadline();
}

// Tells the loop which events are wanted now.
void Connection::watch() {
  int wanted = 0;
  if (life_ == Life::kLingering) {
    wanted = UV_READABLE;
  } else {
    if (!input_ended_ && !put_aside_ && may_parse()) wanted |= UV_READABLE;
    if (unsent() > 0) wanted |= UV_WRITABLE;
  }
  if (wanted == watched_) return;
  watched_ = wanted;
  if (wanted == 0) {
    uv_poll_stop(&poll_);
  } else {
    uv_poll_start(&poll_, wanted, &Connection::on_poll);
  }
}

}  // namespace signet::http
