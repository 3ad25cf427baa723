// DialectPath: one path of an endpoint, as segments that are literal or capture what stands there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace signet {

inline constexpr size_t kPathSegmentsMax = 16;
inline constexpr size_t kCaptureNamesMax = 16;  // distinct names, in a dialect

struct DialectSegment {
  std::string literal;  // empty = captures
  uint8_t capture = 0;  // index into Dialect::capture_names
  bool is_capture() const { return literal.empty(); }
};

// Immutable once read.
struct DialectPath {
  std::string text;                      // as written
  std::vector<DialectSegment> segments;  // none for "/"
};

// parse_dialect_path reads an absolute path; names of captures are looked up in `captures` and added there. The error
// says what is wrong and what is allowed. Signet's own paths (is_core_segment) are refused. Any thread, allocates.
std::expected<DialectPath, std::string> parse_dialect_path(std::string_view text, std::vector<std::string>& captures);

// Whether some request path is matched by both. Any thread.
bool paths_overlap(const DialectPath& a, const DialectPath& b);

// Whether paths that begin with this segment are Signet's own: oauth2, .well-known, verify, healthz, readyz, t.
bool is_core_segment(std::string_view segment);

}  // namespace signet
