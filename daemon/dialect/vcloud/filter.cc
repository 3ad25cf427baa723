#include "daemon/dialect/vcloud/filter.h"

#include <algorithm>

#include "protocol/base/char_class.h"

namespace signet {
namespace {

constexpr size_t kTextMax = 512;
constexpr int kDepthMax = 16;
constexpr CharClass kNameCharacters = kAlphanumerics | CharClass("._");

// With `*` for anything; the usual way back to the last star.
bool wildcard_match(std::string_view text, std::string_view pattern) {
  size_t t = 0;
  size_t p = 0;
  size_t star = std::string_view::npos;
  size_t back = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      back = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++back;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace

class FiqlReader {
 public:
  explicit FiqlReader(std::string_view text) : rest_(text) {}

  using Node = FiqlFilter::Node;
  using Kind = FiqlFilter::Kind;

  std::optional<Node> read() {
    auto node = read_any(0);
    return rest_.empty() ? node : std::nullopt;
  }

 private:
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // `,` binds less than `;`.
  std::optional<Node> read_any(int depth) { return read_list(Kind::kAny, ',', depth); }

  std::optional<Node> read_list(Kind kind, char separator, int depth) {
    Node list{.kind = kind};
    do {
      auto one = kind == Kind::kAny ? read_list(Kind::kAll, ';', depth) : read_one(depth);
      if (!one) return std::nullopt;
      list.children.push_back(*std::move(one));
    } while (take(separator));
    if (list.children.size() > 1) return list;
    Node only = std::move(list.children.front());
    return only;
  }

  std::optional<Node> read_one(int depth) {
    if (!take('(')) return read_comparison();
    if (depth == kDepthMax) return std::nullopt;
    auto inner = read_any(depth + 1);
    return inner && take(')') ? std::move(inner) : std::nullopt;
  }

  std::optional<Node> read_comparison() {
    const size_t end = std::min(rest_.find_first_of("=!"), rest_.size());
    const std::string_view name = rest_.substr(0, end);
    if (name.empty() || !kNameCharacters.contains_all(name)) return std::nullopt;
    rest_.remove_prefix(end);
    const bool equal = rest_.starts_with("==");
    if (!equal && !rest_.starts_with("!=")) return std::nullopt;
    rest_.remove_prefix(2);
    // A value may hold anything but what ends it.
    const size_t value_end = std::min(rest_.find_first_of(";,()"), rest_.size());
    Node node{.kind = equal ? Kind::kEqual : Kind::kUnequal,
              .name = std::string(name),
              .value = std::string(rest_.substr(0, value_end)),
              .children = {}};
    rest_.remove_prefix(value_end);
    if (node.value.empty()) return std::nullopt;
    return node;
  }

  std::string_view rest_;
};

std::optional<FiqlFilter> FiqlFilter::read(std::string_view text) {
  FiqlFilter filter;
  if (text.empty()) return filter;
  if (text.size() > kTextMax) return std::nullopt;
  auto root = FiqlReader(text).read();
  if (!root) return std::nullopt;
  filter.root_ = *std::move(root);
  return filter;
}

bool FiqlFilter::matches(const Values& values) const { return matches(root_, values); }

bool FiqlFilter::matches(const Node& node, const Values& values) {
  const auto holds = [&](const Node& child) { return matches(child, values); };
  switch (node.kind) {
    case Kind::kAll:
      return std::ranges::all_of(node.children, holds);
    case Kind::kAny:
      return std::ranges::any_of(node.children, holds);
    case Kind::kEqual:
    case Kind::kUnequal:
      break;
  }
  const auto value = values(node.name);
  return value && wildcard_match(*value, node.value) == (node.kind == Kind::kEqual);
}

std::string_view FiqlFilter::required(std::string_view name) const {
  const auto says = [&](const Node& node) {
    return node.kind == Kind::kEqual && node.name == name && node.value.find('*') == std::string::npos;
  };
  if (says(root_)) return root_.value;
  if (root_.kind != Kind::kAll) return {};
  const auto at = std::ranges::find_if(root_.children, says);
  return at == root_.children.end() ? std::string_view() : std::string_view(at->value);
}

}  // namespace signet
