#include "tools/load/request_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "protocol/base/base64url.h"
#include "protocol/base/char_class.h"

namespace signet::load {
namespace {

constexpr std::string_view kTokenPath = "/oauth2/token";
constexpr CharClass kUnreserved = kAlphanumerics | CharClass("-._~");

}  // namespace

std::string form_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (kUnreserved.contains(c)) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<uint8_t>(c));
    }
  }
  return out;
}

std::string base64_encode(std::string_view text) {
  std::string out = base64url_text(as_bytes(text));
  std::replace(out.begin(), out.end(), '-', '+');
  std::replace(out.begin(), out.end(), '_', '/');
  out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

std::string endpoint_path(const Url& url, std::string_view endpoint) {
  std::string_view issuer = url.path;
  if (issuer.ends_with(kTokenPath)) issuer.remove_suffix(kTokenPath.size());
  return fmt::format("{}{}", issuer, endpoint);
}

std::string tenant_of(const Url& url) {
  if (!url.path.starts_with("/t/")) return "default";
  return url.path.substr(3, url.path.find('/', 3) - 3);
}

std::string post_head(std::string_view authority, std::string_view path) {
  return fmt::format("POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n", path,
                     authority);
}

std::string basic_value(const Credentials& client) {
  return base64_encode(form_encode(client.client_id) + ":" + form_encode(client.client_secret));
}

std::string authorization_of(const Credentials& client, AuthMethod method) {
  return method == AuthMethod::kBasic ? fmt::format("Authorization: Basic {}\r\n", basic_value(client)) : std::string();
}

std::string post_credentials(const Credentials& client) {
  return fmt::format("&client_id={}&client_secret={}", form_encode(client.client_id),
                     form_encode(client.client_secret));
}

}  // namespace signet::load
