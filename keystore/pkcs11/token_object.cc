#include "keystore/pkcs11/token_object.h"

#include <fmt/format.h>

namespace signet {
namespace {

constexpr std::string_view kBegin = "pkcs11:serial=";
constexpr std::string_view kMiddle = ";id=";
constexpr std::string_view kEnd = ";type=private";

bool plain(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'; }

std::optional<uint8_t> digit_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<uint8_t>(c - '0');
  if (c >= 'A' && c <= 'F') return static_cast<uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

std::optional<std::string> decode(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (text.front() != '%') {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    if (text.size() < 3) return std::nullopt;
    const auto high = digit_of(text[1]), low = digit_of(text[2]);
    if (!high || !low) return std::nullopt;
    out += static_cast<char>(*high << 4 | *low);
    text.remove_prefix(3);
  }
  return out;
}

}  // namespace

std::string write_token_object(const TokenObject& object) {
  std::string text(kBegin);
  for (const char c : object.serial) {
    if (plain(c)) {
      text += c;
    } else {
      text += fmt::format("%{:02X}", static_cast<uint8_t>(c));
    }
  }
  text += kMiddle;
  for (const uint8_t octet : object.id) text += fmt::format("%{:02X}", octet);
  return text + std::string(kEnd);
}

std::optional<TokenObject> read_token_object(std::string_view text) {
  if (!text.starts_with(kBegin) || !text.ends_with(kEnd) || text.size() < kBegin.size() + kEnd.size()) {
    return std::nullopt;
  }
  const std::string_view inner = text.substr(kBegin.size(), text.size() - kBegin.size() - kEnd.size());
  const size_t middle = inner.find(kMiddle);
  if (middle == std::string_view::npos) return std::nullopt;
  auto serial = decode(inner.substr(0, middle));
  const auto id = decode(inner.substr(middle + kMiddle.size()));
  if (!serial || !id || id->empty()) return std::nullopt;
  TokenObject object{std::move(*serial), {id->begin(), id->end()}};
  if (write_token_object(object) != text) return std::nullopt;
  return object;
}

std::string token_object_id_text(const std::vector<uint8_t>& id) { return fmt::format("{:02x}", fmt::join(id, "")); }

}  // namespace signet
