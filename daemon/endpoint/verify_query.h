// The query of /verify: ?audience=A[&scope=S] or ?dialect=NAME, written by the operator of a proxy.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <string_view>

namespace signet {

// data() == nullptr: not there. The views point into the VerifyQueryBuffer.
struct VerifyQuery {
  std::string_view audience;
  std::string_view scope;
  std::string_view dialect;
};

enum class VerifyQueryError : uint8_t { kRepeated, kUnreadable, kTooLong };

using VerifyQueryBuffer = std::array<char, 4096>;

// parse_verify_query reads the three parameters and passes over all others: some proxies append the query of the
// request that they ask about. One of the three twice is an error, since that request could then choose its own
// audience; so is a value that cannot be decoded, or values longer than the buffer. Any thread, does not allocate.
std::expected<VerifyQuery, VerifyQueryError> parse_verify_query(std::string_view query, VerifyQueryBuffer& buffer);

}  // namespace signet
