#include "protocol/base/utf8.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace signet {
namespace {

bool continuation(uint8_t octet) { return (octet & 0xC0) == 0x80; }

// ASCII octets at the start, in steps of eight.
size_t ascii_prefix(const char* text, size_t size) {
  size_t done = 0;
  for (uint64_t word; size - done >= sizeof word; done += sizeof word) {
    std::memcpy(&word, text + done, sizeof word);
    if (word & 0x8080808080808080u) break;
  }
  return done;
}

}  // namespace

// The table of RFC 3629 section 4: only the second octet has a range that depends on the first.
unsigned utf8_sequence_size(std::string_view text) {
  if (text.empty()) return 0;
  auto at = [text](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = at(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;  // continuation, overlong C0 C1, beyond U+10FFFF
  const unsigned size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < size) return 0;
  const uint8_t low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;   // overlong forms
  const uint8_t high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;  // surrogates, beyond U+10FFFF
  if (at(1) < low || at(1) > high) return 0;
  for (unsigned i = 2; i < size; ++i)
    if (!continuation(at(i))) return 0;
  return size;
}

size_t valid_utf8_prefix(std::string_view text) {
  size_t done = 0;
  while (done < text.size()) {
    done += ascii_prefix(text.data() + done, text.size() - done);
    if (done == text.size()) break;
    const unsigned size = utf8_sequence_size(text.substr(done));
    if (size == 0) break;
    done += size;
  }
  return done;
}

bool valid_utf8(std::string_view text) { return valid_utf8_prefix(text) == text.size(); }

}  // namespace signet
