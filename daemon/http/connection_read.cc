// Octets in: parsed in place in the loop's read buffer; only what a partial message needs is kept.
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "daemon/http/connection.h"
#include "daemon/http/loop_core.h"
#include "daemon/http/socket_calls.h"

namespace signet::http {

// Reading pauses when too many exchanges or octets wait for the peer's or the handler's turn.
bool Connection::may_parse() const {
  const Limits& limits = core_->limits;
  return !stopped_ && exchanges_.open_count() < std::clamp(limits.pipeline_depth_max, size_t{1}, kPipelineRoom) &&
         unsent() < limits.output_size_max;
}

void Connection::read_ready() {
  if (life_ == Life::kLingering) return linger_read();
  if (life_ != Life::kOpen) return;
  char* buffer = core_->read_buffer.get();
  const ssize_t got = receive_octets(descriptor_, buffer, kReadSize);
  if (got == 0) return end_of_input();
  if (got < 0) {
    if (errno != EAGAIN && errno != EINTR) abort();
    return;
  }
  core_->counters.octets_in.add(static_cast<uint64_t>(got));
  core_->read_ns = uv_hrtime();
  if (input_.data == nullptr) {
    take(buffer, static_cast<size_t>(got));
  } else {
    take_more(buffer, static_cast<size_t>(got));
  }
  if (!dirty_) settle();  // else the flush at the end of the iteration does it
}

// Nothing was kept from before: parse in place, keep the rest.
void Connection::take(char* octets, size_t size) {
  const Progress progress = process(octets, size);
  if (progress.keep > 0) core_->pool.append(input_, {octets + progress.used, progress.keep});
}

// Continues what was kept. What is finished leaves the front of the buffer.
void Connection::take_more(const char* octets, size_t size) {
  core_->pool.append(input_, {octets, size});
  const Progress progress = process(input_.data, input_.size);
  if (progress.keep == 0) return core_->pool.release(input_);
  if (progress.used > 0) std::memmove(input_.data, input_.data + progress.used, progress.keep);
  input_.size = progress.keep;
}

// Reads all messages that are complete. Octets after a closing message are dropped (RFC 9112 9.6).
Connection::Progress Connection::process(char* octets, size_t size) {
  size_t at = 0;
  size_t keep = size;
  put_aside_ = false;
  while (keep > 0) {
    if (!may_parse()) {
      put_aside_ = !stopped_;
      break;
    }
    const Progress step = phase_ == Phase::kHead ? read_head(octets + at, keep) : read_body(octets + at, keep);
    at += step.used;
    keep = step.keep;
    if (!step.again) break;
  }
  return {at, stopped_ ? 0 : keep, false};
}

void Connection::resume() {
  resume_queued_ = false;
  if (life_ != Life::kOpen) return;
  if (put_aside_ && may_parse()) {
    core_->read_ns = uv_hrtime();
    take_more(nullptr, 0);
    if (input_ended_) drop_partial();
  }
  if (!dirty_) settle();
}

// The peer sends no more. What it has asked is still answered: half-closing clients wait for that.
void Connection::end_of_input() {
  input_ended_ = true;
  drop_partial();
  if (!dirty_) settle();
}

void Connection::drop_partial() {
  if (put_aside_ || stopped_) return;
  if (phase_ == Phase::kBody) {
    refuse_current(400, "the request body ended early", true);
  } else if (input_.data != nullptr) {
    refuse_partial_head(0);
  }
  core_->pool.release(input_);
}

}  // namespace signet::http
