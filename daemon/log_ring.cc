#include "daemon/log_ring.h"

#include <algorithm>
#include <cstring>

#include "protocol/base/copy_text.h"
#include "protocol/base/utf8.h"

namespace signet {
namespace {

// The longest prefix of at most `size` octets that does not cut a UTF-8 sequence in two.
std::string_view prefix(std::string_view text, size_t size) {
  if (text.size() <= size) return text;
  // A sequence has at most three octets after its first.
  for (size_t at = size; at > 0 && size - at < 4; --at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80) return text.substr(0, at);
  }
  return text.substr(0, size);
}

}  // namespace

bool LogEvent::append(std::string_view part) {
  if (part.size() + sizeof(uint16_t) > text.size() - size) return false;
  auto part_size = static_cast<uint16_t>(part.size());
  std::memcpy(text.data() + size, &part_size, sizeof(part_size));
  copy_text(text.data() + size + sizeof(part_size), part);
  size = static_cast<uint16_t>(size + sizeof(part_size) + part.size());
  return true;
}

void LogEvent::fill(UnixMs now, LogLevel event_level, std::string_view event, std::initializer_list<LogField> fields) {
  time_ms = now;
  level = event_level;
  cut = 0;
  size = 0;
  append(prefix(event, kLogValueSizeMax));
  for (const LogField& field : fields) {
    uint16_t before = size;
    std::string_view value = prefix(field.value, kLogValueSizeMax);
    if (value.size() != field.value.size()) cut = 1;
    if (append(prefix(field.name, kLogValueSizeMax)) && append(value)) continue;
    size = before;
    cut = 1;
    return;
  }
}

std::string_view LogEvent::take(std::string_view& rest) {
  uint16_t part_size = 0;
  std::memcpy(&part_size, rest.data(), sizeof(part_size));
  std::string_view part = rest.substr(sizeof(part_size), part_size);
  rest.remove_prefix(sizeof(part_size) + part_size);
  return part;
}

}  // namespace signet
