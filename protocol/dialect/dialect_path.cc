#include "protocol/dialect/dialect_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/base/char_class.h"

namespace signet {
namespace {

constexpr std::array<std::string_view, 6> kCoreSegments{"oauth2", ".well-known", "verify", "healthz", "readyz", "t"};
constexpr CharClass kLiteral = CharClass::range(0x21, 0x7E);
constexpr CharClass kNotLiteral("?#%/{}\\");
constexpr CharClass kCaptureName = CharClass::range('a', 'z') | kDigits | CharClass("_");
constexpr size_t kCaptureNameSizeMax = 32;
constexpr size_t kPathSizeMax = 512;

std::expected<uint8_t, std::string> capture_index(std::string_view name, std::vector<std::string>& captures) {
  if (name.empty() || name.size() > kCaptureNameSizeMax || !kCaptureName.contains_all(name)) {
    return std::unexpected(
        fmt::format("{{{}}} names no capture; allowed are {{tenant}} and {{NAME}} with 1 to 32 of a-z0-9_", name));
  }
  const auto at = std::ranges::find(captures, name);
  const auto index = static_cast<size_t>(at - captures.begin());
  if (at == captures.end()) {
    if (captures.size() == kCaptureNamesMax) {
      return std::unexpected(
          fmt::format("{{{}}} is one capture too many; a dialect may have {} different ones", name, kCaptureNamesMax));
    }
    captures.emplace_back(name);
  }
  return static_cast<uint8_t>(index);
}

std::expected<DialectSegment, std::string> read_segment(std::string_view text, std::vector<std::string>& captures) {
  if (text.empty())
    return std::unexpected(
        "an empty segment; \"//\" and a \"/\" at the end are tolerated by double_slashes and trailing_slash");
  if (text == "." || text == "..") return std::unexpected(fmt::format("the segment \"{}\" is not allowed", text));
  if (text.starts_with('{') && text.ends_with('}')) {
    auto index = capture_index(text.substr(1, text.size() - 2), captures);
    if (!index) return std::unexpected(std::move(index.error()));
    return DialectSegment{.literal = {}, .capture = *index};
  }
  for (const char c : text) {
    if (!kLiteral.contains(c) || kNotLiteral.contains(c)) {
      return std::unexpected(fmt::format(
          "the segment \"{}\" is neither literal (visible ASCII without ? # % {{ }} and \\) nor one whole {{NAME}}",
          text));
    }
  }
  return DialectSegment{.literal = std::string(text), .capture = 0};
}

bool has_capture(const DialectPath& path, uint8_t capture) {
  return std::ranges::any_of(path.segments,
                             [&](const DialectSegment& one) { return one.is_capture() && one.capture == capture; });
}

}  // namespace

std::expected<DialectPath, std::string> parse_dialect_path(std::string_view text, std::vector<std::string>& captures) {
  if (!text.starts_with('/')) return std::unexpected("a path begins with \"/\"");
  if (text.size() > kPathSizeMax) return std::unexpected(fmt::format("a path has at most {} octets", kPathSizeMax));
  DialectPath path{.text = std::string(text), .segments = {}};
  std::string_view rest = text.substr(1);
  for (bool more = !rest.empty(); more;) {
    const size_t end = std::min(rest.find('/'), rest.size());
    auto segment = read_segment(rest.substr(0, end), captures);
    if (!segment) return std::unexpected(std::move(segment.error()));
    if (segment->is_capture() && has_capture(path, segment->capture)) {
      return std::unexpected(fmt::format("{{{}}} stands twice in one path", captures[segment->capture]));
    }
    if (path.segments.size() == kPathSegmentsMax) {
      return std::unexpected(fmt::format("a path has at most {} segments", kPathSegmentsMax));
    }
    path.segments.push_back(*std::move(segment));
    more = end < rest.size();
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (!path.segments.empty() && is_core_segment(path.segments[0].literal)) {
    return std::unexpected(fmt::format("paths below /{} are Signet's own", path.segments[0].literal));
  }
  return path;
}

bool paths_overlap(const DialectPath& a, const DialectPath& b) {
  return std::ranges::equal(a.segments, b.segments, [](const DialectSegment& one, const DialectSegment& other) {
    return one.is_capture() || other.is_capture() || one.literal == other.literal;
  });
}

bool is_core_segment(std::string_view segment) {
  return std::ranges::find(kCoreSegments, segment) != kCoreSegments.end();
}

}  // namespace signet
