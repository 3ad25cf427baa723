// CompactJws: the three segments of a JWS in compact serialisation (RFC 7515 section 7.1), the only one that exists
// here: no JSON serialisation, no JWE.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "protocol/base/bytes.h"

namespace signet {

// Octets of a whole token. Longer ones are refused before anything else looks at them.
inline constexpr size_t kJwsSizeMax = 8 * 1024;

enum class CompactJwsError : uint8_t {
  kTooLarge,          // over kJwsSizeMax
  kSegments,          // not exactly three segments
  kEmptyHeader,       // nothing before the first dot
  kMissingSignature,  // nothing after the second: an unsecured token has no place here (RFC 8725 section 3.2)
};

// Views into the caller's token, still encoded and not yet checked for their alphabet; valid as long as the token is.
class CompactJws {
 public:
  std::string_view header() const { return header_; }
  std::string_view payload() const { return payload_; }
  std::string_view signature() const { return signature_; }
  // What is signed: the octets of the token before the second dot.
  std::string_view signing_input() const { return {header_.data(), header_.size() + 1 + payload_.size()}; }

 private:
  friend std::expected<CompactJws, CompactJwsError> split_compact_jws(std::string_view token);
  CompactJws(std::string_view header, std::string_view payload, std::string_view signature)
      : header_(header), payload_(payload), signature_(signature) {}

  std::string_view header_;
  std::string_view payload_;
  std::string_view signature_;
};

// split_compact_jws finds the segments. The size comes first and the search ends at a third dot, so that a token of
// dots costs nothing (CVE-2025-30204). Any thread, does not allocate.
std::expected<CompactJws, CompactJwsError> split_compact_jws(std::string_view token);

// append_jws_signature writes '.' and base64url(signature) behind the first `signing_input_size` octets of `token`.
// Returns the size of the whole token, or 0 when `token` is too small. Any thread, does not allocate.
size_t append_jws_signature(std::span<char> token, size_t signing_input_size, ByteSpan signature);

}  // namespace signet
