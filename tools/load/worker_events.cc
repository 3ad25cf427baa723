#include <fmt/format.h>
#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "tools/load/clock.h"
#include "tools/load/worker.h"

namespace signet::load {
namespace {

constexpr uint64_t kReopenAfterNs = 100'000'000;

// One line that is safe on a terminal.
std::string printable(std::string_view text) {
  std::string out(text);
  std::replace_if(out.begin(), out.end(), [](char c) { return c < 0x20 || c >= 0x7F; }, '.');
  return out;
}

}  // namespace

void Worker::on_event(uint32_t number, uint32_t events) {
  Connection& connection = connections_[number];
  if (connection.state() == Connection::State::kConnecting) return on_connected(number);
  if ((events & EPOLLOUT) != 0 && !connection.send_rest(epoll_, number)) {
    return lose(number, measurement_.closed, "connection lost while sending");
  }
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) on_readable(number);
}

void Worker::on_connected(uint32_t number) {
  --connecting_;
  const int error = connections_[number].finish_connecting(epoll_, number);
  if (error != 0) {
    if (!running_) {
      connect_error_ = error;
      return;
    }
    note_error(measurement_.not_connected, fmt::format("cannot connect: {}", std::generic_category().message(error)));
    lost_.push_back(number);
    reopen_at_ns_ = monotonic_ns() + kReopenAfterNs;
    return;
  }
  if (sending_ && !schedule_) {
    start_request(number, monotonic_ns());
  } else {
    idle_.push_back(number);
  }
}

void Worker::on_readable(uint32_t number) {
  Connection& connection = connections_[number];
  const ssize_t size = recv(connection.socket(), input_.data(), input_.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (connection.state() != Connection::State::kWaiting) {
    // The server may close what is idle; anything else it sends unasked ends the connection too.
    return size <= 0 ? reopen(number) : lose(number, measurement_.bad_answer, "an answer without a request");
  }
  if (size <= 0) return lose(number, measurement_.closed, "the server closed a connection instead of answering");
  switch (connection.reader().feed({input_.data(), static_cast<size_t>(size)})) {
    case ResponseReader::State::kMore:
      return;
    case ResponseReader::State::kBad:
      return lose(number, measurement_.bad_answer, "an answer that is not HTTP/1.1 with a Content-Length");
    case ResponseReader::State::kComplete:
      return on_answer(number);
  }
}

void Worker::on_answer(uint32_t number) {
  Connection& connection = connections_[number];
  const uint64_t now_ns = monotonic_ns();
  connection.finish();
  --waiting_;
  note_answer(number, now_ns);
  answered_.store(answered_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  if (connection.reader().head().close) return reopen(number);
  if (sending_ && !schedule_) {
    start_request(number, now_ns);
  } else {
    idle_.push_back(number);
  }
}

void Worker::note_answer(uint32_t number, uint64_t now_ns) {
  Connection& connection = connections_[number];
  const int status = connection.reader().head().status;
  const Judgement judgement = workload_->judge(number, status, connection.reader().body());
  const bool counted = counts(connection.started_ns());
  if (judgement.fault.empty()) [[likely]] {
    if (!counted) return;
    measurement_.latency_ns.record(now_ns - connection.started_ns());
    ++measurement_.answered;
    return;
  }
  if (!counted && !judgement.ends) return;
  if (status / 100 == 2) {  // its body may hold credentials
    note_error(measurement_.wrong_answer, fmt::format("status {}, but {}", status, judgement.fault));
  } else {
    note_error(measurement_.bad_status, fmt::format("status {} {}", status, connection.reader().excerpt()));
  }
}

// False when the connection has ended, having nothing more to send.
bool Worker::start_request(uint32_t number, uint64_t started_ns) {
  const std::string_view request = workload_->next(number);
  if (request.empty()) {
    connections_[number].close();
    ++measurement_.ended;
    if (measurement_.why_ended.empty()) measurement_.why_ended = workload_->why_ended();
    return false;
  }
  ++waiting_;
  if (!connections_[number].send(request, started_ns, epoll_, number)) {
    lose(number, measurement_.closed, "connection lost while sending");
  }
  return true;
}

void Worker::lose(uint32_t number, uint64_t& counter, std::string_view what) {
  const Connection& connection = connections_[number];
  const bool waiting = connection.state() == Connection::State::kWaiting;
  if (!waiting || counts(connection.started_ns())) note_error(counter, what);
  if (waiting) --waiting_;
  // Not at once: a server that closes everything would keep the generator busy with nothing else.
  connections_[number].close();
  if (lost_.empty()) reopen_at_ns_ = monotonic_ns() + kReopenAfterNs;
  lost_.push_back(number);
}

void Worker::reopen(uint32_t number) {
  const int error = connections_[number].open(plan_.address, epoll_, number);
  if (error == 0) {
    ++connecting_;
    return;
  }
  note_error(measurement_.not_connected, fmt::format("cannot connect: {}", std::generic_category().message(error)));
  if (lost_.empty()) reopen_at_ns_ = monotonic_ns() + kReopenAfterNs;
  lost_.push_back(number);
}

void Worker::reopen_later() {
  std::vector<uint32_t> numbers;
  numbers.swap(lost_);
  for (const uint32_t number : numbers) reopen(number);
}

void Worker::note_error(uint64_t& counter, std::string_view what) {
  ++counter;
  errors_.store(errors_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  if (measurement_.first_error.empty()) measurement_.first_error = printable(what);
}

}  // namespace signet::load
