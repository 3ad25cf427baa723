// Url: where the load goes: http only, on a numeric address or a host name.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace signet::load {

struct Url {
  std::string host;  // without the brackets of an IPv6 address
  uint16_t port = 80;
  std::string path;  // empty or starting with '/', without a trailing one
  // The Host field's value.
  std::string authority() const;
};

// parse_url reads http://host[:port][/path]. Errors are sentences for people.
std::expected<Url, std::string> parse_url(std::string_view text);

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  bool is_loopback() const;
};

// resolve gives the first address of the host. Blocks for the name service unless the host is numeric.
std::expected<Address, std::string> resolve(const Url& url);

}  // namespace signet::load
