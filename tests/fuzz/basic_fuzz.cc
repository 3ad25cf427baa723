// Basic credentials, as a header value (a text that starts with "Basic") or as the pair inside: what is accepted is
// bounded, UTF-8 and free of control characters, and reads back the same when it is fully escaped.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "protocol/base/check.h"
#include "protocol/base/utf8.h"
#include "protocol/oauth/client_authentication.h"

namespace {

using namespace signet;

std::string base64(std::string_view text) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    bits = bits << 8 | static_cast<uint8_t>(c);
    for (count += 8; count >= 6; count -= 6) out += kAlphabet[bits >> (count - 6) & 63];
  }
  if (count > 0) out += kAlphabet[bits << (6 - count) & 63];
  return out;
}

std::string escaped(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const auto octet = static_cast<uint8_t>(c);
    out += {'%', kHex[octet >> 4], kHex[octet & 15]};
  }
  return out;
}

void check_text(std::string_view text) {
  SIGNET_CHECK(text.size() <= 256 && valid_utf8(text));
  for (const char c : text) SIGNET_CHECK(static_cast<uint8_t>(c) >= 0x20 && c != 0x7F);
}

void check_header(std::string_view header) {
  std::array<char, kBasicScratchSize> scratch;
  const auto read = parse_client_authentication(header, {}, {}, scratch);
  if (!read || read->method != ClientAuthMethod::kClientSecretBasic) return;
  SIGNET_CHECK(!read->client_id.empty());
  check_text(read->client_id);
  check_text(read->client_secret);
  const std::string again = "Basic " + base64(escaped(read->client_id) + ":" + escaped(read->client_secret));
  std::array<char, kBasicScratchSize> other;
  const auto same = parse_client_authentication(again, read->client_id, {}, other);
  SIGNET_CHECK(same && same->client_id == read->client_id && same->client_secret == read->client_secret);
  SIGNET_CHECK(!parse_client_authentication(again, {}, "secret", other));  // two methods at once
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_header(text);
  check_header("Basic " + base64(text));
  return 0;
}
