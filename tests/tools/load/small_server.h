// SmallServer: an HTTP server of one thread for tests of the generator; each test says what it does with a request.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <thread>

namespace signet::load {

class SmallServer {
 public:
  // Gives the octets to answer `request`, which is whole, with (number counts from 0 over all connections); an empty
  // answer closes.
  using Answer = std::function<std::string(uint64_t number, std::string_view request)>;

  explicit SmallServer(Answer answer);
  ~SmallServer();
  SmallServer(const SmallServer&) = delete;
  SmallServer& operator=(const SmallServer&) = delete;

  uint16_t port() const { return port_; }
  uint64_t requests() const { return requests_.load(); }
  uint64_t connections() const { return connections_.load(); }

 private:
  void serve();
  bool read_from(int socket);

  Answer answer_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<bool> stop_{false};
  std::atomic<uint64_t> requests_{0};
  std::atomic<uint64_t> connections_{0};
  std::map<int, std::string> pending_;  // by socket, of requests in pieces
  std::thread thread_;
};

// An answer with the length that it has.
std::string http_answer(int status, std::string_view body, std::string_view fields = {});

}  // namespace signet::load
