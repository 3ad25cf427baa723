#include "daemon/http/address_table.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "protocol/base/check.h"

namespace signet::http {
namespace {

constexpr std::array<uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

bool is_mapped(const PeerAddress& address) {
  return std::memcmp(address.octets.data(), kMappedPrefix.data(), kMappedPrefix.size()) == 0;
}

PeerAddress mapped(const in_addr& address) {
  PeerAddress made;
  std::memcpy(made.octets.data(), kMappedPrefix.data(), kMappedPrefix.size());
  std::memcpy(made.octets.data() + kMappedPrefix.size(), &address, 4);
  return made;
}

// A bijection of 64 bits (the finaliser of MurmurHash3): distinct inputs keep distinct keys, so that the table can be
// keyed by the result alone.
uint64_t mix(uint64_t x) {
  x ^= x >> 33;
  x *= 0xFF51AFD7ED558CCDULL;
  x ^= x >> 33;
  x *= 0xC4CEB9FE1A85EC53ULL;
  return x ^ (x >> 33);
}

}  // namespace

std::optional<PeerAddress> peer_address_of(const sockaddr_storage& from) {
  if (from.ss_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &from, sizeof in);
    return mapped(in.sin_addr);
  }
  if (from.ss_family != AF_INET6) return std::nullopt;
  sockaddr_in6 in6{};
  std::memcpy(&in6, &from, sizeof in6);
  PeerAddress made;
  std::memcpy(made.octets.data(), &in6.sin6_addr, made.octets.size());
  return made;
}

std::optional<PeerAddress> parse_peer_address(std::string_view literal) {
  const std::string text(literal);
  in_addr in{};
  if (inet_pton(AF_INET, text.c_str(), &in) == 1) return mapped(in);
  PeerAddress made;
  if (inet_pton(AF_INET6, text.c_str(), made.octets.data()) == 1) return made;
  return std::nullopt;
}

size_t format_peer_address(const PeerAddress& address, std::array<char, kAddressTextSize>& to) {
  const bool v4 = is_mapped(address);
  const uint8_t* octets = address.octets.data() + (v4 ? kMappedPrefix.size() : 0);
  const char* text = inet_ntop(v4 ? AF_INET : AF_INET6, octets, to.data(), to.size());
  return text != nullptr ? std::strlen(text) : 0;
}

uint64_t network_number(const PeerAddress& address) {
  // An IPv4 address gives 00 00 FF FF and its octets; no routable IPv6 prefix begins with 0000:FFFF.
  uint64_t number = 0;
  std::memcpy(&number, address.octets.data() + (is_mapped(address) ? 8 : 0), sizeof number);
  return number;
}

AddressTable::AddressTable() { SIGNET_CHECK(getentropy(&seed_, sizeof seed_) == 0); }

uint64_t AddressTable::key_of(const PeerAddress& address) const { return mix(network_number(address) ^ seed_); }

bool AddressTable::enter(const PeerAddress& address, uint32_t limit) {
  uint32_t& count = counts_[key_of(address)];
  if (limit != 0 && count >= limit) return false;
  ++count;
  return true;
}

void AddressTable::leave(const PeerAddress& address) {
  const auto found = counts_.find(key_of(address));
  SIGNET_CHECK(found != counts_.end() && found->second > 0);
  if (--found->second == 0) counts_.erase(found);
}

}  // namespace signet::http
