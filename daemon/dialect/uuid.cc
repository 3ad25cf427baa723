#include "daemon/dialect/uuid.h"

#include "protocol/base/ascii_case.h"
#include "protocol/base/random.h"

namespace signet {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

bool hyphen_before(size_t octet) { return octet == 4 || octet == 6 || octet == 8 || octet == 10; }

}  // namespace

std::string uuid_text(std::span<const uint8_t, 16> octets) {
  std::string out;
  out.reserve(36);
  for (size_t i = 0; i < octets.size(); ++i) {
    if (hyphen_before(i)) out.push_back('-');
    out.push_back(kHex[octets[i] >> 4]);
    out.push_back(kHex[octets[i] & 15]);
  }
  return out;
}

std::string new_uuid() {
  std::array<uint8_t, 16> octets;
  fill_random(octets);
  octets[6] = static_cast<uint8_t>((octets[6] & 0x0F) | 0x40);
  octets[8] = static_cast<uint8_t>((octets[8] & 0x3F) | 0x80);
  return uuid_text(octets);
}

std::optional<std::string> read_uuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string out = lower_copy(text);
  for (size_t i = 0; i < out.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? out[i] != '-' : kHex.find(out[i]) == std::string_view::npos) return std::nullopt;
  }
  return out;
}

}  // namespace signet
