#include "protocol/json/writer.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "protocol/json/unescaped.h"

namespace signet {

// Inline: a call of its own costs a claims set a sixth of its time.
[[gnu::always_inline]] inline void JsonWriter::append(std::string_view text) {
  if (!text.empty()) std::memcpy(at_, text.data(), text.size());  // an empty view may have no address
  at_ += text.size();
}

void JsonWriter::put(char c) {
  if (at_ == end_) return overflow();
  *at_++ = c;
}

void JsonWriter::put(std::string_view text) {
  if (text.size() > room()) return overflow();
  append(text);
}

void JsonWriter::put_escape(char c) {
  static constexpr char kHex[] = "0123456789abcdef";
  const auto octet = static_cast<uint8_t>(c);
  switch (c) {
    case '"':
      return put("\\\"");
    case '\\':
      return put("\\\\");
    case '\b':
      return put("\\b");
    case '\f':
      return put("\\f");
    case '\n':
      return put("\\n");
    case '\r':
      return put("\\r");
    case '\t':
      return put("\\t");
    default: {
      const char escape[] = {'\\', 'u', '0', '0', kHex[octet >> 4], kHex[octet & 15]};
      return put({escape, sizeof escape});
    }
  }
}

void JsonWriter::put_escaped(std::string_view text) {
  while (!overflowed_) {
    const size_t run = escape_free_prefix(text);
    put(text.substr(0, run));
    if (run == text.size()) return;
    put_escape(text[run]);
    text.remove_prefix(run + 1);
  }
}

void JsonWriter::quoted(std::string_view text) {
  if (room() >= text.size() + 2 && escape_free_prefix(text) == text.size()) [[likely]] {
    *at_++ = '"';
    append(text);
    *at_++ = '"';
    return;
  }
  put('"');
  put_escaped(text);
  put('"');
}

void JsonWriter::comma() {
  if (comma_) put(',');
}

void JsonWriter::open(char bracket) {
  comma();
  put(bracket);
  comma_ = false;
}

void JsonWriter::close(char bracket) {
  put(bracket);
  comma_ = true;
}

void JsonWriter::scalar(std::string_view json) {
  comma();
  put(json);
  comma_ = true;
}

void JsonWriter::key(JsonName name) {
  const std::string_view text = name.text();
  if (room() < text.size() + 4) return overflow();  // comma, two quotation marks, colon; at most one octet too careful
  if (comma_) *at_++ = ',';
  *at_++ = '"';
  append(text);
  *at_++ = '"';
  *at_++ = ':';
  comma_ = false;
}

void JsonWriter::key_text(std::string_view name) {
  comma();
  quoted(name);
  put(':');
  comma_ = false;
}

void JsonWriter::string(std::string_view value) {
  comma();
  quoted(value);
  comma_ = true;
}

template <typename T>
void JsonWriter::put_number(T value) {
  comma();
  const auto [after, error] = std::to_chars(at_, end_, value);
  if (error != std::errc{}) return overflow();
  at_ = after;
  comma_ = true;
}

void JsonWriter::integer(int64_t value) { put_number(value); }

void JsonWriter::unsigned_integer(uint64_t value) { put_number(value); }

void JsonWriter::number(double value) {
  if (!std::isfinite(value)) return null();
  put_number(value);
}

void JsonWriter::raw_members(std::string_view members) {
  if (!members.empty()) scalar(members);
}

}  // namespace signet
