#include "tools/load/request_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "protocol/base/base64url.h"
#include "protocol/base/char_class.h"

namespace signet::load {
namespace {

constexpr std::string_view kTokenPath = "/oauth2/token";
constexpr CharClass kUnreserved = kAlphanumerics | CharClass("-._~");

std::string token_path(const Url& url) {
  return url.path.ends_with(kTokenPath) ? url.path : fmt::format("{}{}", url.path, kTokenPath);
}

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
  std::string out(base64url_encoded_size(text.size()), '\0');
  base64url_encode(as_bytes(text), out.data());
  std::replace(out.begin(), out.end(), '-', '+');
  std::replace(out.begin(), out.end(), '_', '/');
  out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

RequestSet RequestSet::token(const Url& url, std::span<const Credentials> clients, std::string_view scope,
                             AuthMethod method) {
  RequestSet set;
  std::string body = "grant_type=client_credentials";
  if (!scope.empty()) body += "&scope=" + form_encode(scope);
  const std::string head =
      fmt::format("POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n",
                  token_path(url), url.authority());
  if (method == AuthMethod::kBasic) {
    set.prefix_ = fmt::format("{}Content-Length: {}\r\nAuthorization: Basic ", head, body.size());
    set.suffix_ = "\r\n\r\n" + body;
  } else {
    set.prefix_ = head + "Content-Length: ";
  }
  size_t longest = 0;
  set.ends_.reserve(clients.size());
  for (const Credentials& client : clients) {
    const std::string id = form_encode(client.client_id), secret = form_encode(client.client_secret);
    const size_t before = set.middles_.size();
    if (method == AuthMethod::kBasic) {
      set.middles_ += base64_encode(fmt::format("{}:{}", id, secret));
    } else {
      const std::string whole = fmt::format("{}&client_id={}&client_secret={}", body, id, secret);
      set.middles_ += fmt::format("{}\r\n\r\n{}", whole.size(), whole);
    }
    longest = std::max(longest, set.middles_.size() - before);
    set.ends_.push_back(set.middles_.size());
  }
  set.request_size_max_ = set.prefix_.size() + longest + set.suffix_.size();
  return set;
}

std::string_view RequestSet::compose(size_t index, std::span<char> out) const {
  const uint64_t begin = index == 0 ? 0 : ends_[index - 1];
  char* to = out.data();
  for (const std::string_view part :
       {std::string_view(prefix_), std::string_view(middles_).substr(begin, ends_[index] - begin),
        std::string_view(suffix_)}) {
    std::memcpy(to, part.data(), part.size());
    to += part.size();
  }
  return {out.data(), static_cast<size_t>(to - out.data())};
}

}  // namespace signet::load
