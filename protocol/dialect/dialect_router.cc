#include "protocol/dialect/dialect_router.h"

#include <fmt/format.h>

#include <algorithm>

#include "protocol/base/char_class.h"
#include "protocol/base/utf8.h"

namespace signet {
namespace {

constexpr CharClass kControls = CharClass::range(0, 0x1F) | CharClass("\x7F");

// A request path cut at its slashes; what is between two of them with nothing in it is counted, not kept.
struct Segments {
  std::array<std::string_view, kPathSegmentsMax> texts;
  size_t count = 0;
  bool trailing_slash = false;
  bool double_slashes = false;
};

bool cut(std::string_view path, Segments& out) {
  if (!path.starts_with('/')) return false;
  std::string_view rest = path.substr(1);
  while (true) {
    const size_t end = std::min(rest.find('/'), rest.size());
    const bool last = end == rest.size();
    if (end == 0) {
      // "/" alone has no segment and no slash too many.
      if (!last) out.double_slashes = true;
      if (last && path.size() > 1) out.trailing_slash = true;
    } else {
      if (out.count == out.texts.size()) return false;
      out.texts[out.count++] = rest.substr(0, end);
    }
    if (last) break;
    rest.remove_prefix(end + 1);
  }
  // Nothing but slashes: the last of them is the root's own.
  if (out.count == 0) out.trailing_slash = false;
  return true;
}

bool tolerates(const DialectEndpoint& endpoint, const Segments& segments) {
  return (endpoint.trailing_slash || !segments.trailing_slash) && (endpoint.double_slashes || !segments.double_slashes);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Decodes into the front of `scratch`, which it shortens by what it used.
bool decode(std::string_view text, std::span<char>& scratch, std::string_view& out) {
  out = text;
  if (text.find('%') != std::string_view::npos) {
    size_t size = 0;
    for (size_t i = 0; i < text.size(); ++i, ++size) {
      if (size == scratch.size()) return false;
      scratch[size] = text[i];
      if (text[i] != '%') continue;
      if (text.size() - i < 3) return false;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return false;
      scratch[size] = static_cast<char>(high << 4 | low);
      i += 2;
    }
    out = {scratch.data(), size};
    scratch = scratch.subspan(size);
  }
  return valid_utf8(out) && std::ranges::none_of(out, [](char c) { return kControls.contains(c); });
}

bool fill(const Dialect& dialect, const DialectPath& path, const Segments& segments, std::span<char> scratch,
          DialectCaptures& captures) {
  for (size_t i = 0; i < path.segments.size(); ++i) {
    if (!path.segments[i].is_capture()) continue;
    const size_t index = path.segments[i].capture;
    if (!decode(segments.texts[i], scratch, captures.values[index])) return false;
    if (dialect.capture_names[index] == "tenant") captures.tenant = captures.values[index];
  }
  return true;
}

std::string conflict_text(const Dialect& a, const DialectEndpoint& a_endpoint, const DialectPath& a_path,
                          const Dialect& b, const DialectEndpoint& b_endpoint, const DialectPath& b_path) {
  return fmt::format(
      "endpoint \"{}\" of dialect \"{}\" ({}) and endpoint \"{}\" of dialect \"{}\" ({}) take the same requests",
      a_endpoint.name, a.name, a_path.text, b_endpoint.name, b.name, b_path.text);
}

}  // namespace

struct DialectRouter::Walk {
  std::string_view method;
  Segments segments;
  const Candidate* found = nullptr;  // the one that takes the method
  const Candidate* first = nullptr;  // that takes the path
  DialectMethods allowed;
};

void DialectRouter::walk(Walk& at, uint32_t number, size_t depth) const {
  const Node& node = nodes_[number];
  if (depth == at.segments.count) {
    for (const Candidate& end : node.ends) {
      if (!tolerates(*end.endpoint, at.segments)) continue;
      if (at.first == nullptr) at.first = &end;
      if (at.found == nullptr && end.endpoint->methods.contain(at.method)) at.found = &end;
      at.allowed.bits |= end.endpoint->methods.bits;
    }
    return;
  }
  const std::string_view segment = at.segments.texts[depth];
  const auto edge = std::ranges::lower_bound(node.literals, segment, {}, &Edge::literal);
  if (edge != node.literals.end() && edge->literal == segment) walk(at, edge->node, depth + 1);
  if (at.found == nullptr && node.capture != 0) walk(at, node.capture, depth + 1);
}

DialectMatch DialectRouter::match(std::string_view method, std::string_view path, std::span<char> scratch,
                                  DialectCaptures& captures) const {
  captures = {};
  Walk at{.method = method, .segments = {}, .allowed = {}};
  if (nodes_.empty() || !cut(path, at.segments)) return {};
  // A capturing first segment takes none of Signet's own paths.
  if (at.segments.count > 0 && is_core_segment(at.segments.texts[0])) return {};
  walk(at, 0, 0);
  const Candidate* end = at.found != nullptr ? at.found : at.first;
  if (end == nullptr || !fill(*end->dialect, *end->path, at.segments, scratch, captures)) {
    captures = {};
    return {};
  }
  if (at.found == nullptr) {
    return {DialectMatchKind::kOtherMethod, end->dialect, end->endpoint, allow_text(at.allowed)};
  }
  return {DialectMatchKind::kEndpoint, end->dialect, end->endpoint, {}};
}

void DialectRouter::insert(const Candidate& candidate) {
  uint32_t number = 0;
  for (const DialectSegment& segment : candidate.path->segments) {
    const auto fresh = static_cast<uint32_t>(nodes_.size());
    uint32_t next = fresh;
    if (segment.is_capture()) {
      if (nodes_[number].capture == 0) nodes_[number].capture = fresh;
      next = nodes_[number].capture;
    } else {
      auto& literals = nodes_[number].literals;
      const auto edge = std::ranges::lower_bound(literals, segment.literal, {}, &Edge::literal);
      if (edge != literals.end() && edge->literal == segment.literal) {
        next = edge->node;
      } else {
        literals.insert(edge, Edge{segment.literal, fresh});
      }
    }
    if (next == fresh) nodes_.emplace_back();
    number = next;
  }
  nodes_[number].ends.push_back(candidate);
}

std::expected<DialectRouter, std::vector<std::string>> DialectRouter::build(std::span<const Dialect* const> dialects) {
  std::vector<std::string> problems;
  std::vector<Candidate> all;
  std::vector<std::string_view> names;
  for (const Dialect* dialect : dialects) {
    if (std::ranges::find(names, dialect->name) != names.end()) {
      problems.push_back(fmt::format("two dialects are named \"{}\"", dialect->name));
    }
    names.push_back(dialect->name);
    for (const DialectEndpoint& endpoint : dialect->endpoints)
      for (const DialectPath& path : endpoint.paths) all.push_back({dialect, &endpoint, &path});
  }
  DialectRouter router;
  router.nodes_.emplace_back();
  for (const Candidate& one : all) {
    for (const Candidate& other : std::span(all.data(), static_cast<size_t>(&one - all.data()))) {
      if (!one.endpoint->methods.overlap(other.endpoint->methods) || !paths_overlap(*one.path, *other.path)) continue;
      problems.push_back(
          conflict_text(*other.dialect, *other.endpoint, *other.path, *one.dialect, *one.endpoint, *one.path));
    }
    router.insert(one);
  }
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return router;
}

}  // namespace signet
