#include "tests/support/exchange.h"

namespace signet {

std::string basic_authorization(std::string_view client_id, std::string_view secret) {
  static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string plain(client_id);
  plain += ':';
  plain += secret;
  std::string out = "Basic ";
  for (size_t i = 0; i < plain.size(); i += 3) {
    uint32_t group = 0;
    for (size_t j = 0; j < 3; ++j) {
      group = group << 8 | (i + j < plain.size() ? static_cast<uint8_t>(plain[i + j]) : 0u);
    }
    for (size_t j = 0; j < 4; ++j) {
      out += i + j > plain.size() ? '=' : kAlphabet[group >> (18 - 6 * j) & 63];
    }
  }
  return out;
}

}  // namespace signet
