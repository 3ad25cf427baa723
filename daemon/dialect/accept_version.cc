#include "daemon/dialect/accept_version.h"

#include <algorithm>

#include "protocol/base/ascii_case.h"

namespace signet {
namespace {

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

}  // namespace

bool takes_version(const Dialect& dialect, const http::Request& request) {
  constexpr std::string_view kName = "version=";
  if (dialect.accept_versions.empty()) return true;
  std::string_view accept = request.header("Accept");
  bool named = false;
  // Of several media types (RFC 9110 12.5.1) one with a version that is served is enough.
  while (!accept.empty()) {
    const size_t end = std::min(accept.find_first_of(",;"), accept.size());
    const std::string_view part = trimmed(accept.substr(0, end));
    accept.remove_prefix(std::min(end + 1, accept.size()));
    if (part.size() <= kName.size() || !equal_ignoring_case(part.substr(0, kName.size()), kName)) continue;
    if (std::ranges::find(dialect.accept_versions, part.substr(kName.size())) != dialect.accept_versions.end()) {
      return true;
    }
    named = true;
  }
  return !named;
}

}  // namespace signet
