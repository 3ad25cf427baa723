// RequestSet: the requests of a run, prepared before it, kept as what they share and what differs, so that those of a
// million clients or tokens fit in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/load/credentials.h"
#include "tools/load/token_list.h"

namespace signet::load {

enum class AuthMethod : uint8_t { kBasic, kPost };

// Immutable. Thread rule: any.
class RequestSet {
 public:
  // Requests for a token by client_credentials at `path`, with `scope` when it is not empty, one per client.
  static RequestSet token(std::string_view authority, std::string_view path, std::span<const Credentials> clients,
                          std::string_view scope, AuthMethod method);
  // Introspection (RFC 7662 section 2.1) at `path` by `resource_server`, one request per token.
  static RequestSet introspection(std::string_view authority, std::string_view path, const TokenList& tokens,
                                  const Credentials& resource_server, AuthMethod method);
  // GET `target` with each token as bearer (RFC 6750 section 2.1).
  static RequestSet verification(std::string_view authority, std::string_view target, const TokenList& tokens);

  size_t size() const { return ends_.size(); }
  size_t request_size_max() const { return request_size_max_; }
  // compose writes request `index` to `out`, which has room for request_size_max. Does not allocate.
  std::string_view compose(size_t index, std::span<char> out) const;

 private:
  void end_request();

  std::string prefix_;   // of every request
  std::string middles_;  // what differs, one after the other
  std::vector<uint64_t> ends_;
  std::string suffix_;
  size_t request_size_max_ = 0;
};

}  // namespace signet::load
