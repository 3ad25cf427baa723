#include "tools/ctl/der.h"

#include <algorithm>

namespace signet::ctl {

Octets tlv(uint8_t tag, const Octets& content) {
  Octets out{tag};
  if (content.size() < 128) {
    out.push_back(static_cast<uint8_t>(content.size()));
  } else if (content.size() < 256) {
    out.insert(out.end(), {0x81, static_cast<uint8_t>(content.size())});
  } else {
    out.insert(out.end(), {0x82, static_cast<uint8_t>(content.size() >> 8), static_cast<uint8_t>(content.size())});
  }
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

Octets joined(std::initializer_list<Octets> parts) {
  Octets out;
  for (const Octets& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

// No zeros ahead but one where the first bit is set.
Octets der_integer(Octets number) {
  const auto first = std::ranges::find_if(number, [](uint8_t octet) { return octet != 0; });
  number.erase(number.begin(), first);
  if (number.empty() || (number.front() & 0x80) != 0) number.insert(number.begin(), 0);
  return tlv(0x02, number);
}

}  // namespace signet::ctl
