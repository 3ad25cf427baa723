// Answers in request order: those that come early are held, each in a block of its own.
#include <cstring>
#include <new>

#include "daemon/http/connection.h"
#include "daemon/http/loop_core.h"

namespace signet::http {
namespace {

// Stands at the start of a held block; the answer's octets follow.
struct HeldAnswer {
  Buffer next;
  uint32_t sequence;
  bool close;
};

HeldAnswer& held_in(const Buffer& block) { return *std::launder(reinterpret_cast<HeldAnswer*>(block.data)); }

}  // namespace

bool Connection::closes_with(uint32_t sequence) const {
  const bool newest = sequence + 1 == exchanges_.next();
  if (inside_on_head_ && newest) return true;  // its body is not read
  if (stopped_ && sequence == last_sequence_) return true;
  return core_->draining && newest && phase_ == Phase::kHead;
}

template <typename Append>
void Connection::put_answer(uint32_t sequence, bool close, Append append) {
  if (!is_waiting(sequence)) return;
  close = close || closes_with(sequence);
  if (exchanges_.mark_answered(sequence)) core_->counters.in_flight.set(--core_->in_flight);
  if (close && (!stopped_ || sequence - exchanges_.first() < last_sequence_ - exchanges_.first())) {
    stopped_ = true;
    last_sequence_ = sequence;
  }
  const AnswerForm form{exchanges_.is_head(sequence), close, exchanges_.is_old_keep_alive(sequence)};
  if (sequence == exchanges_.first()) {
    append(output_, form);
    sent(close);
    if (held_.data != nullptr) send_held();
    maybe_continue();
  } else {
    Buffer block;
    core_->pool.reserve(block, sizeof(HeldAnswer));
    block.size = sizeof(HeldAnswer);
    append(block, form);
    hold(sequence, close, block);
  }
  mark_dirty();
}

void Connection::answer(uint32_t sequence, const Response& response) {
  put_answer(sequence, response.close, [&](Buffer& to, AnswerForm form) {
    append_response(core_->pool, to, response, core_->date.field(), form);
  });
}

void Connection::answer_serialized(uint32_t sequence, std::string_view octets) {
  put_answer(sequence, false, [&](Buffer& to, AnswerForm form) { append_serialized(core_->pool, to, octets, form); });
}

void Connection::hold(uint32_t sequence, bool close, Buffer& block) {
  new (block.data) HeldAnswer{held_, sequence, close};
  held_ = block;
}

// The answer to first() is in the output; a closing one ends the exchanges behind it.
void Connection::sent(bool close) {
  exchanges_.pop();
  served_ = true;
  if (close) finish();
}

// Sends every held answer whose turn has come.
void Connection::send_held() {
  Buffer* link = &held_;
  while (link->data != nullptr) {
    HeldAnswer& held = held_in(*link);
    if (held.sequence != exchanges_.first()) {
      link = &held.next;
      continue;
    }
    core_->pool.append(output_, link->view().substr(sizeof(HeldAnswer)));
    const bool close = held.close;
    Buffer block = *link;
    *link = held.next;
    core_->pool.release(block);
    sent(close);
    link = &held_;
  }
}

void Connection::drop_held() {
  while (held_.data != nullptr) {
    Buffer block = held_;
    held_ = held_in(block).next;
    core_->pool.release(block);
  }
}

// RFC 9110 10.1.1: once the head is accepted, and after all earlier answers (interim answers are in order too).
void Connection::maybe_continue() {
  if (!continue_wanted_ || phase_ != Phase::kBody || stopped_ || exchanges_.open_count() != 1) return;
  continue_wanted_ = false;
  core_->pool.append(output_, "HTTP/1.1 100 Continue\r\n\r\n");
  mark_dirty();
}

void Connection::finish() {
  stopped_ = finished_ = true;
  drop_exchanges();
  drop_held();
}

void Connection::park(uint32_t sequence) {
  if (exchanges_.mark_parked(sequence)) core_->counters.in_flight.set(--core_->in_flight);
}

// Ends what is open without an answer, and says so of what the handler waits with.
void Connection::drop_exchanges() {
  for (uint32_t sequence = exchanges_.first(); sequence != exchanges_.next(); ++sequence) {
    if (exchanges_.is_parked(sequence)) core_->handler->on_gone({slot_, generation_, sequence});
  }
  core_->in_flight -= exchanges_.clear();
  core_->counters.in_flight.set(core_->in_flight);
}

void Connection::mark_dirty() {
  if (dirty_) return;
  dirty_ = true;
  core_->dirty.push_back(this);
}

}  // namespace signet::http
