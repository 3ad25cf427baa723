// Connection: one keep-alive connection with at most one request under way.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tools/load/response_reader.h"
#include "tools/load/url.h"

namespace signet::load {

// Not thread-safe. Never blocks.
class Connection {
 public:
  enum class State : uint8_t { kClosed, kConnecting, kIdle, kWaiting };

  Connection() = default;
  Connection(Connection&&) = default;
  ~Connection() { close(); }

  // open starts to connect and enters the socket into `epoll` with `number` as its data. Gives 0 or errno; the
  // connection is then closed.
  int open(const Address& address, int epoll, uint32_t number);
  // finish_connecting: 0 and idle, or errno and closed.
  int finish_connecting(int epoll, uint32_t number);
  // send starts an idle connection's request; false when the connection was lost. `started_ns` is kept for the caller.
  bool send(std::string_view request, uint64_t started_ns, int epoll, uint32_t number);
  // send_rest goes on where the socket's buffer was full.
  bool send_rest(int epoll, uint32_t number);
  // The answer has ended.
  void finish() { state_ = State::kIdle; }
  void close();

  State state() const { return state_; }
  int socket() const { return socket_; }
  uint64_t started_ns() const { return started_ns_; }
  ResponseReader& reader() { return reader_; }

 private:
  int begin_connecting(const Address& address, int epoll, uint32_t number) const;
  void watch(int epoll, uint32_t number, uint32_t events) const;

  int socket_ = -1;
  State state_ = State::kClosed;
  uint64_t started_ns_ = 0;
  ResponseReader reader_;
  std::string unsent_;  // from unsent_at_ on
  size_t unsent_at_ = 0;
};

}  // namespace signet::load
