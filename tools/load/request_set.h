// RequestSet: the requests of a run, prepared before it: one per client, kept as what they share and what differs, so
// that a million clients fit in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/load/credentials.h"
#include "tools/load/url.h"

namespace signet::load {

enum class AuthMethod : uint8_t { kBasic, kPost };

// Immutable. Thread rule: any.
class RequestSet {
 public:
  // Requests for a token by client_credentials, with `scope` when it is not empty.
  static RequestSet token(const Url& url, std::span<const Credentials> clients, std::string_view scope,
                          AuthMethod method);

  size_t size() const { return ends_.size(); }
  size_t request_size_max() const { return request_size_max_; }
  // compose writes request `index` to `out`, which has room for request_size_max. Does not allocate.
  std::string_view compose(size_t index, std::span<char> out) const;

 private:
  std::string prefix_;   // of every request
  std::string middles_;  // what differs, one after the other
  std::vector<uint64_t> ends_;
  std::string suffix_;
  size_t request_size_max_ = 0;
};

// form_encode (RFC 6749 appendix B): everything but letters, digits and - . _ ~ as %XX. Allocates.
std::string form_encode(std::string_view text);
// base64 with padding (RFC 4648 section 4). Allocates.
std::string base64_encode(std::string_view text);

}  // namespace signet::load
