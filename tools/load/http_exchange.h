// HttpExchange: blocking HTTP/1.1 for what is needed before the load begins: one request, one whole answer.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "tools/ctl/http_answer.h"
#include "tools/load/url.h"

namespace signet::load {

// Not thread-safe. Owns its connection, which is kept.
class HttpExchange {
 public:
  explicit HttpExchange(const Address& address) : address_(address) {}
  ~HttpExchange() { disconnect(); }
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;

  // exchange sends `request` as it is and gives the answer, whatever its status. Blocks, for at most a minute without
  // progress. Errors are sentences for people.
  std::expected<ctl::HttpAnswer, std::string> exchange(std::string_view request);

 private:
  std::expected<void, std::string> connect();
  std::expected<ctl::HttpAnswer, std::string> receive() const;
  void disconnect();

  Address address_;
  int socket_ = -1;
};

}  // namespace signet::load
