// Peer addresses: their text, the key under which connections are counted, and the counts.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace signet::http {

// An IP address as 16 octets; IPv4 is IPv4-mapped.
struct PeerAddress {
  std::array<uint8_t, 16> octets{};
  bool operator==(const PeerAddress&) const = default;
};

// Enough for "ffff:...:255.255.255.255" and a zero.
inline constexpr size_t kAddressTextSize = 46;

// The address of an accepted socket; nothing for families other than IPv4 and IPv6. Any thread.
std::optional<PeerAddress> peer_address_of(const sockaddr_storage& from);
// A literal IPv4 or IPv6 address. Any thread.
std::optional<PeerAddress> parse_peer_address(std::string_view literal);
// Text of an address without port or zone; IPv4-mapped ones in dotted form. Returns the length written.
size_t format_peer_address(const PeerAddress& address, std::array<char, kAddressTextSize>& to);

// network_number names the peer that limits count: the IPv4 address or the IPv6 /64, because that is what one
// subscriber is given. Distinct for distinct ones. Any thread.
uint64_t network_number(const PeerAddress& address);

// AddressTable counts connections per network_number. The hash is seeded, so that peers cannot choose addresses that
// collide. Loop thread only; allocates on accept, never per request.
class AddressTable {
 public:
  AddressTable();
  // Counts one more connection unless `limit` is reached (0 = none). False when it is.
  bool enter(const PeerAddress& address, uint32_t limit);
  void leave(const PeerAddress& address);

 private:
  std::unordered_map<uint64_t, uint32_t> counts_;
  uint64_t seed_;
  uint64_t key_of(const PeerAddress& address) const;
};

}  // namespace signet::http
