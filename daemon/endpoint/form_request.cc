#include "daemon/endpoint/form_request.h"

#include "daemon/endpoint/media_type.h"

namespace signet {
namespace {

std::unexpected<ErrorReply> refuse(std::string_view description) {
  return std::unexpected(ErrorReply{.error = OAuthError::kInvalidRequest, .description = description});
}

}  // namespace

std::expected<void, ErrorReply> read_form_request(const http::Request& request, FormParameters& form) {
  if (request.has_query) return refuse("parameters belong in the body, not in the query");
  if (request.repeated_content_type || !media_type_is(request.content_type, "application/x-www-form-urlencoded")) {
    return refuse("Content-Type must be application/x-www-form-urlencoded");
  }
  const auto parsed = form.parse(request.body, {});
  if (parsed) return {};
  return refuse(parsed.error() == FormError::kDuplicate ? "a parameter is repeated" : "the form cannot be read");
}

ErrorReply unavailable() {
  return {.error = OAuthError::kTemporarilyUnavailable, .extra_fields = "Retry-After: 1\r\n"};
}

}  // namespace signet
