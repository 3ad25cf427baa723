#include "daemon/config_values.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <string>

#include "daemon/http/server_loop.h"
#include "daemon/key_rotation.h"
#include "keystore/vault/credential.h"

namespace signet {
namespace {

constexpr size_t kIssuerSizeMax = 512;
constexpr std::string_view kIssuerWanted =
    "an https URL without query, fragment and trailing slash (http only on a loopback host)";

bool url_character(char c) {
  constexpr std::string_view kOthers = "-._~:/[]@!$&'()*+,;=%";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kOthers.find(c) != std::string_view::npos;
}

// `authority` is host[:port] without user information.
bool loopback_authority(std::string_view authority) {
  if (authority == "[::1]" || authority.starts_with("[::1]:")) return true;
  std::string host(authority.substr(0, authority.find(':')));
  in_addr address{};
  if (inet_pton(AF_INET, host.c_str(), &address) == 1) return (ntohl(address.s_addr) >> 24) == 127;
  return host == "localhost";
}

}  // namespace

std::string_view check_path(std::string_view value) {
  if (value.empty() || value.find('\0') != std::string_view::npos) return "a path";
  return {};
}

std::string_view check_absolute_path(std::string_view value) {
  const bool good = value.starts_with('/') && check_path(value).empty();
  return good ? std::string_view() : "an absolute path";
}

std::string_view check_token_name(std::string_view value) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
  const bool good = !value.empty() && value.size() <= 64 && std::ranges::none_of(value, control);
  return good ? std::string_view() : "the label or the serial number of a token";
}

std::string_view check_listen_address(std::string_view value) {
  if (http::parse_listen_address(value)) return {};
  return R"(an address such as "127.0.0.1:8420", "[::1]:8420" or "unix:/run/signetd.sock")";
}

// RFC 8414 section 2: an https URL without query or fragment. Loopback hosts may be plain http, for tests.
std::string_view check_issuer(std::string_view value) {
  bool https = value.starts_with("https://");
  if (!https && !value.starts_with("http://")) return kIssuerWanted;
  if (value.size() > kIssuerSizeMax || value.ends_with('/')) return kIssuerWanted;
  if (!std::all_of(value.begin(), value.end(), url_character)) return kIssuerWanted;
  std::string_view rest = value.substr(value.find("//") + 2);
  std::string_view authority = rest.substr(0, rest.find('/'));
  if (authority.empty() || authority.find('@') != std::string_view::npos) return kIssuerWanted;
  if (!https && !loopback_authority(authority)) return kIssuerWanted;
  return {};
}

std::string_view check_plaintext(std::string_view value) {
  return value == "behind-proxy" ? std::string_view() : R"("behind-proxy")";
}

std::string_view check_audit_issuance(std::string_view value) {
  const bool known = value == "off" || value == "os" || value == "group";
  return known ? std::string_view() : R"("off", "os" or "group")";
}

std::string_view check_signer(std::string_view value) {
  return value == "auto" || value == "portable" ? std::string_view() : R"("auto" or "portable")";
}

std::string_view check_audit_sink(std::string_view value) {
  constexpr std::string_view kExpected = R"("syslog", "syslog:PATH" or "file:PATH" with an absolute path)";
  if (value == "syslog") return {};
  const size_t colon = value.find(':');
  const std::string_view kind = value.substr(0, std::min(colon, value.size()));
  if (colon == std::string_view::npos || (kind != "file" && kind != "syslog")) return kExpected;
  const std::string_view path = value.substr(colon + 1);
  return path.starts_with('/') && check_path(path).empty() ? std::string_view() : kExpected;
}

std::string_view check_ip_address(std::string_view value) {
  std::string text(value);
  std::array<unsigned char, sizeof(in6_addr)> address{};
  if (inet_pton(AF_INET, text.c_str(), address.data()) == 1 || inet_pton(AF_INET6, text.c_str(), address.data()) == 1) {
    return {};
  }
  return "a literal IPv4 or IPv6 address";
}

std::string_view check_dialect_name(std::string_view value) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  const bool named = !value.empty() && value.size() <= 32 && std::ranges::all_of(value, fits);
  return named || value == "*" ? std::string_view() : "a dialect's name, or \"*\" for all";
}

std::string_view check_key_rotation(std::string_view value) {
  if (parse_key_rotation(value)) return {};
  return "\"TENANT/ALG=SECONDS\" with an algorithm such as EdDSA, or `*`, and 0 or 3600 to 315360000 seconds";
}

std::string_view check_dialect_switch(std::string_view value) {
  const size_t dot = value.find('.');
  const bool ends = value.ends_with("=on") || value.ends_with("=off");
  const bool named = dot != std::string_view::npos && dot > 0 && value.find('=') > dot + 1;
  return ends && named ? std::string_view() : "DIALECT.SWITCH=on or DIALECT.SWITCH=off";
}

std::string_view check_vault_credential(std::string_view value) {
  if (parse_vault_credential(value)) return {};
  return R"(a credential's name, "signet-root", or "passphrase:NAME": A-Za-z0-9._- with no dot first)";
}

}  // namespace signet
