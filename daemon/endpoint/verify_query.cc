#include "daemon/endpoint/verify_query.h"

#include <span>

#include "protocol/base/copy_text.h"
#include "protocol/oauth/percent_decode.h"

namespace signet {
namespace {

// The longest name below is 8 octets; each may be escaped.
constexpr size_t kNameMax = 3 * 8;

std::string_view take_until(std::string_view& rest, char separator) {
  const size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return part;
}

// Where the value of this name goes; null for one that is passed over. A name is compared decoded: an escaped spelling
// must not hide a repetition.
std::string_view* place_of(std::string_view name, VerifyQuery& query) {
  std::array<char, kNameMax> copy;
  if (name.size() > copy.size()) return nullptr;
  copy_text(copy.data(), name);
  const auto decoded = percent_decode({copy.data(), name.size()});
  if (!decoded) return nullptr;
  if (*decoded == "audience") return &query.audience;
  if (*decoded == "scope") return &query.scope;
  return *decoded == "dialect" ? &query.dialect : nullptr;
}

}  // namespace

std::expected<VerifyQuery, VerifyQueryError> parse_verify_query(std::string_view query, VerifyQueryBuffer& buffer) {
  VerifyQuery out;
  std::span<char> free(buffer);
  while (!query.empty()) {
    std::string_view value = take_until(query, '&');
    const std::string_view name = take_until(value, '=');
    std::string_view* place = place_of(name, out);
    if (place == nullptr) continue;
    if (place->data() != nullptr) return std::unexpected(VerifyQueryError::kRepeated);
    if (value.size() > free.size()) return std::unexpected(VerifyQueryError::kTooLong);
    copy_text(free.data(), value);
    const auto decoded = percent_decode(free.first(value.size()));
    if (!decoded) return std::unexpected(VerifyQueryError::kUnreadable);
    *place = {free.data(), decoded->size()};
    free = free.subspan(value.size());
  }
  return out;
}

}  // namespace signet
