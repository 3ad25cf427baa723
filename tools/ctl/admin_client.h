// AdminClient: blocking HTTP/1.1 over the daemon's admin socket, on a connection that is kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "tools/ctl/failure.h"
#include "tools/ctl/http_answer.h"

namespace signet::ctl {

// Not thread-safe: one thread at a time. Owns its descriptor.
class AdminClient {
 public:
  // How long a whole exchange may take: the daemon answers after its sync, and makes RSA keys of 4096 bits.
  static constexpr int64_t kDeadlineMs = 120'000;

  explicit AdminClient(std::string socket_path, int64_t deadline_ms = kDeadlineMs);
  ~AdminClient();
  AdminClient(const AdminClient&) = delete;
  AdminClient& operator=(const AdminClient&) = delete;

  // exchange sends one request and gives the whole answer, whatever its status. Connects when there is no connection.
  // Failure: no socket, refused, no permission, deadline, a broken answer; the text says what to do about it, and
  // whether the request may have been carried out nevertheless.
  std::expected<HttpAnswer, Failure> exchange(std::string_view method, std::string_view target, std::string_view body);

  // call does exchange and turns the statuses from 400 on into a Failure with the daemon's message.
  std::expected<HttpAnswer, Failure> call(std::string_view method, std::string_view target, std::string_view body = {});

  // send_request and receive_answer are the halves of exchange: several requests may be on their way (RFC 9112 9.3.2),
  // their answers come in order. After a Failure the connection is closed and nothing is on its way any more.
  std::expected<void, Failure> send_request(std::string_view method, std::string_view target, std::string_view body);
  std::expected<HttpAnswer, Failure> receive_answer();

  const std::string& socket_path() const { return socket_path_; }

 private:
  std::expected<void, Failure> connect();
  std::expected<void, Failure> send(std::string_view octets, int64_t deadline);
  std::expected<HttpAnswer, Failure> receive(int64_t deadline);
  std::expected<void, Failure> wait_for(short events, int64_t deadline);
  void disconnect();

  std::string socket_path_;
  int64_t deadline_ms_;
  int descriptor_ = -1;
  size_t on_way_ = 0;         // requests sent and not answered
  std::string early_octets_;  // of the next answer, read together with the one before
};

// refusal turns an error answer into a Failure: `{"error","message"}` when the body is that, its status otherwise.
Failure refusal(const HttpAnswer& answer);

// percent_encode makes `text` one path segment or query value (RFC 3986 2.3: only unreserved characters stay).
std::string percent_encode(std::string_view text);

}  // namespace signet::ctl
