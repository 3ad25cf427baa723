#include "daemon/endpoint/form_body.h"

#include "daemon/endpoint/media_type.h"

namespace signet {
namespace {

std::unexpected<ErrorReply> refuse(std::string_view description) {
  return std::unexpected(ErrorReply{.error = OAuthError::kInvalidRequest, .description = description});
}

std::string_view text_of(FormError error) {
  switch (error) {
    case FormError::kBadEscape:
      return "bad percent-escape in the form";
    case FormError::kBadUtf8:
      return "the form is not UTF-8";
    case FormError::kTooManyParameters:
      return "too many parameters";
    case FormError::kControlCharacter:
      return "control character in the form";
    case FormError::kDuplicate:
      return "a parameter is repeated";  // RFC 6749 3.2
  }
  return "unreadable form";
}

}  // namespace

std::expected<void, ErrorReply> read_form(const http::Request& request, std::string_view repeatable,
                                          FormParameters& form) {
  // What stands in a query, credentials above all, ends up in logs and histories (RFC 6749 2.3.1).
  if (request.has_query) return refuse("parameters belong in the body, not in the query");
  if (request.repeated_content_type || !media_type_is(request.content_type, "application/x-www-form-urlencoded")) {
    return refuse("Content-Type must be application/x-www-form-urlencoded");
  }
  const auto parsed = form.parse(request.body, repeatable);
  if (!parsed) return refuse(text_of(parsed.error()));
  return {};
}

}  // namespace signet
