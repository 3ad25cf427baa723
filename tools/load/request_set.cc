#include "tools/load/request_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "tools/load/request_text.h"

namespace signet::load {

RequestSet RequestSet::token(std::string_view authority, std::string_view path, std::span<const Credentials> clients,
                             std::string_view scope, AuthMethod method) {
  RequestSet set;
  std::string body = "grant_type=client_credentials";
  if (!scope.empty()) body += "&scope=" + form_encode(scope);
  const std::string head = post_head(authority, path);
  if (method == AuthMethod::kBasic) {
    set.prefix_ = fmt::format("{}Content-Length: {}\r\nAuthorization: Basic ", head, body.size());
    set.suffix_ = "\r\n\r\n" + body;
  } else {
    set.prefix_ = head + "Content-Length: ";
  }
  set.ends_.reserve(clients.size());
  for (const Credentials& client : clients) {
    if (method == AuthMethod::kBasic) {
      set.middles_ += basic_value(client);
    } else {
      const std::string whole = body + post_credentials(client);
      set.middles_ += fmt::format("{}\r\n\r\n{}", whole.size(), whole);
    }
    set.end_request();
  }
  return set;
}

RequestSet RequestSet::introspection(std::string_view authority, std::string_view path, const TokenList& tokens,
                                     const Credentials& resource_server, AuthMethod method) {
  RequestSet set;
  set.prefix_ = post_head(authority, path) + authorization_of(resource_server, method) + "Content-Length: ";
  if (method == AuthMethod::kPost) set.suffix_ = post_credentials(resource_server);
  set.ends_.reserve(tokens.size());
  for (size_t i = 0; i < tokens.size(); ++i) {
    const std::string body = "token=" + form_encode(tokens.at(i));
    set.middles_ += fmt::format("{}\r\n\r\n{}", body.size() + set.suffix_.size(), body);
    set.end_request();
  }
  return set;
}

RequestSet RequestSet::verification(std::string_view authority, std::string_view target, const TokenList& tokens) {
  RequestSet set;
  set.prefix_ = fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer ", target, authority);
  set.suffix_ = "\r\n\r\n";
  set.ends_.reserve(tokens.size());
  for (size_t i = 0; i < tokens.size(); ++i) {
    set.middles_ += tokens.at(i);
    set.end_request();
  }
  return set;
}

// Ends the request whose middle was appended last; prefix and suffix stand by then.
void RequestSet::end_request() {
  const uint64_t before = ends_.empty() ? 0 : ends_.back();
  ends_.push_back(middles_.size());
  request_size_max_ = std::max<size_t>(request_size_max_, prefix_.size() + (middles_.size() - before) + suffix_.size());
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
