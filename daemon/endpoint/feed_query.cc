#include "daemon/endpoint/feed_query.h"

#include <charconv>

#include "protocol/base/copy_text.h"
#include "protocol/oauth/form.h"

namespace signet {
namespace {

using Refusal = std::unexpected<std::string_view>;

std::optional<uint32_t> read_wait(std::string_view text) {
  uint32_t seconds = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, seconds);
  if (text.empty() || error != std::errc() || at != end || seconds > kFeedWaitMaxS) return std::nullopt;
  return seconds;
}

}  // namespace

std::expected<void, std::string_view> FeedQuery::parse(const http::Request& request, bool may_wait) {
  if (request.query.size() > text_.size()) return Refusal("the query is too long");
  copy_text(text_.data(), request.query);
  FormParameters form;
  // No name is repeatable.
  if (!form.parse({text_.data(), request.query.size()}, {})) {
    return Refusal("the query is malformed, or a parameter is repeated");
  }
  for (const FormParameter& parameter : form.all()) {
    if (parameter.name == "after") {
      after_ = parameter.value;
    } else if (may_wait && parameter.name == "wait") {
      const auto seconds = read_wait(parameter.value);
      if (!seconds) return Refusal("wait: expected seconds, 0 to 60");
      wait_s_ = *seconds;
    } else {
      return Refusal("the query holds an unknown parameter");
    }
  }
  return {};
}

}  // namespace signet
