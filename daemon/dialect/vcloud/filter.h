// FiqlFilter: what a list is narrowed by: FIQL as vCloud Director's clients send it, comparisons of texts with `;` for
// "and", `,` for "or", and parentheses.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signet {

// Any thread; immutable once read.
class FiqlFilter {
 public:
  // Nothing when the text is none: unbalanced, empty in places, longer than 512 octets, deeper than 16, or with an
  // operator other than == and !=. An empty text matches everything. `*` in a value stands for anything.
  static std::optional<FiqlFilter> read(std::string_view text);

  // `value` gives what an object has by a name, nothing for a name that it does not have: that matches no comparison.
  using Values = std::function<std::optional<std::string_view>(std::string_view name)>;
  bool matches(const Values& values) const;

  // The one value that `name` must have for a match, where the filter says so on its outermost level; else empty.
  std::string_view required(std::string_view name) const;

 private:
  friend class FiqlReader;
  enum class Kind : uint8_t { kAll, kAny, kEqual, kUnequal };
  struct Node {
    Kind kind = Kind::kAll;
    std::string name, value;     // of a comparison
    std::vector<Node> children;  // of the others
  };
  static bool matches(const Node& node, const Values& values);

  Node root_;
};

}  // namespace signet
