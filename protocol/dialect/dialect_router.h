// DialectRouter: which endpoint of a set of dialects a request path means.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/dialect/dialect.h"

namespace signet {

// What the captures of a path hold, percent-decoded: views into the path or into the scratch given to match.
struct DialectCaptures {
  std::array<std::string_view, kCaptureNamesMax> values;  // by Dialect::capture_names; empty = not in this path
  std::string_view tenant;                                // of {tenant}; empty = the path has none
};

enum class DialectMatchKind : uint8_t { kNoPath, kOtherMethod, kEndpoint };

struct DialectMatch {
  DialectMatchKind kind = DialectMatchKind::kNoPath;
  const Dialect* dialect = nullptr;           // set unless kNoPath
  const DialectEndpoint* endpoint = nullptr;  // likewise; for kOtherMethod the one whose error row answers
  std::string_view allow;                     // for kOtherMethod: the Allow field. Static storage
};

// Immutable. match is wait-free from any thread. Points into the dialects that it was built from: they must stay where
// they are as long as it lives.
class DialectRouter {
 public:
  DialectRouter() = default;  // matches nothing

  // A message for each pair of endpoints that some path and method would mean both, and for each name that two dialects
  // have. Allocates. Any thread.
  static std::expected<DialectRouter, std::vector<std::string>> build(std::span<const Dialect* const> dialects);

  // `path` as it stands in the request, without the query. Literal segments match octet by octet; captures are
  // percent-decoded and must then be UTF-8 without control characters, or the path is none. `scratch` of the path's
  // size always suffices; a smaller one that does not makes the path none. Does not allocate.
  DialectMatch match(std::string_view method, std::string_view path, std::span<char> scratch,
                     DialectCaptures& captures) const;

 private:
  struct Edge {
    std::string_view literal;
    uint32_t node;
  };
  struct Candidate {
    const Dialect* dialect;
    const DialectEndpoint* endpoint;
    const DialectPath* path;
  };
  struct Node {
    std::vector<Edge> literals;  // sorted
    uint32_t capture = 0;        // node of a capturing segment; 0 = none, as the root is nobody's child
    std::vector<Candidate> ends;
  };
  struct Walk;
  void walk(Walk& at, uint32_t node, size_t depth) const;
  void insert(const Candidate& candidate);

  std::vector<Node> nodes_;
};

}  // namespace signet
