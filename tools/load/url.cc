#include "tools/load/url.h"

#include <fmt/format.h>
#include <netdb.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace signet::load {
namespace {

std::unexpected<std::string> refuse(std::string_view text, std::string_view why) {
  return std::unexpected(fmt::format("{}: {}; expected http://HOST[:PORT][/PATH]", text, why));
}

}  // namespace

std::string Url::authority() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return fmt::format(fmt::runtime(is_ipv6 ? "[{}]:{}" : "{}:{}"), host, port);
}

std::expected<Url, std::string> parse_url(std::string_view text) {
  constexpr std::string_view kScheme = "http://";
  if (text.starts_with("https://")) return refuse(text, "TLS is not measured here, only plain HTTP");
  if (!text.starts_with(kScheme)) return refuse(text, "not an http URL");
  if (text.find_first_of("?#@ \t\r\n") != std::string_view::npos) {
    return refuse(text, "a query, a fragment, user information or a blank has no place here");
  }
  std::string_view rest = text.substr(kScheme.size());
  const size_t slash = std::min(rest.find('/'), rest.size());
  Url url{.host = {}, .path = std::string(rest.substr(slash))};
  while (url.path.ends_with('/')) url.path.pop_back();
  rest = rest.substr(0, slash);
  size_t colon = rest.rfind(':');
  if (rest.starts_with('[')) {
    const size_t bracket = rest.find(']');
    if (bracket == std::string_view::npos) return refuse(text, "an IPv6 address ends with ']'");
    url.host = rest.substr(1, bracket - 1);
    colon = bracket + 1 == rest.size() ? std::string_view::npos : bracket + 1;
    if (colon != std::string_view::npos && rest[colon] != ':') return refuse(text, "no port after the address");
  } else {
    url.host = rest.substr(0, colon);
  }
  if (url.host.empty()) return refuse(text, "no host");
  if (colon == std::string_view::npos) return url;
  const std::string_view port = rest.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
  if (error != std::errc{} || end != port.data() + port.size() || url.port == 0) return refuse(text, "bad port");
  return url;
}

bool Address::is_loopback() const {
  if (storage.ss_family == AF_INET) {
    sockaddr_in ipv4;
    std::memcpy(&ipv4, &storage, sizeof ipv4);
    return ntohl(ipv4.sin_addr.s_addr) >> 24 == 127;
  }
  sockaddr_in6 ipv6;
  std::memcpy(&ipv6, &storage, sizeof ipv6);
  return storage.ss_family == AF_INET6 && std::memcmp(&ipv6.sin6_addr, &in6addr_loopback, sizeof(in6_addr)) == 0;
}

std::expected<Address, std::string> resolve(const Url& url) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &hints, &found);
  if (error != 0) return std::unexpected(fmt::format("{}: {}", url.host, gai_strerror(error)));
  Address address;
  std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
  address.size = found->ai_addrlen;
  freeaddrinfo(found);
  return address;
}

}  // namespace signet::load
