#include <arpa/inet.h>

#include <charconv>

#include "daemon/http/address_table.h"
#include "daemon/http/server_loop.h"

namespace signet::http {
namespace {

std::optional<uint16_t> parse_port(std::string_view text) {
  uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, port);
  if (text.empty() || error != std::errc{} || at != end) return std::nullopt;
  return port;
}

}  // namespace

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
  ListenAddress made;
  if (text.starts_with("unix:")) {
    made.kind = ListenAddress::Kind::kUnix;
    made.path = text.substr(5);
    if (made.path.empty()) return std::nullopt;
    return made;
  }
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = parse_port(text.substr(colon + 1));
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  // "::1:80" could be read in two ways: IPv6 needs its brackets, and only IPv6 has them.
  const bool v6 = host.find(':') != std::string_view::npos;
  if (!port || v6 != bracketed || !parse_peer_address(host)) return std::nullopt;
  made.host = host;
  made.port = *port;
  return made;
}

bool is_loopback(const ListenAddress& address) {
  if (address.kind == ListenAddress::Kind::kUnix) return true;
  const auto parsed = parse_peer_address(address.host);
  if (!parsed) return false;
  constexpr PeerAddress kV6Loopback{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
  if (*parsed == kV6Loopback) return true;
  std::array<char, kAddressTextSize> text{};
  const size_t size = format_peer_address(*parsed, text);
  return std::string_view{text.data(), size}.starts_with("127.");
}

}  // namespace signet::http
