#include "daemon/endpoint/reply.h"

#include <array>
#include <charconv>
#include <cstring>
#include <string>

#include "protocol/base/copy_text.h"
#include "protocol/oauth/client_authentication.h"

namespace signet {
namespace {

constexpr std::string_view kNoStore = "Cache-Control: no-store\r\nPragma: no-cache\r\n";  // RFC 6749 5.1
constexpr std::string_view kChallengeName = "WWW-Authenticate: ";

}  // namespace

ErrorReply unavailable() {
  return {.error = OAuthError::kTemporarilyUnavailable, .extra_fields = "Retry-After: 1\r\n"};
}

void reply(WorkerScope& scope, const http::Request& request, http::Responder& out, Endpoint endpoint,
           const http::Response& response) {
  scope.metrics.observe(endpoint, response.status, monotonic_ns() - request.arrived_ns);
  out.respond(request.id, response);
}

size_t write_error_body(const ErrorReply& reply, std::span<char> out) {
  return write_oauth_error(reply.error, reply.description, out);
}

void reply_error(WorkerScope& scope, const http::Request& request, http::Responder& out, Endpoint endpoint,
                 const ErrorReply& error) {
  std::array<char, 1024> body;
  const size_t size = write_error_body(error, body);
  std::array<char, 512> fields;
  size_t used = 0;
  const auto add = [&](std::string_view part) {
    if (used + part.size() > fields.size()) return;
    copy_text(fields.data() + used, part);
    used += part.size();
  };
  add(kNoStore);
  if (error.challenge) {
    add(kChallengeName);
    add(kBasicChallenge);
    add("\r\n");
  }
  if (error.retry_after_s != 0) {
    std::array<char, 10> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), error.retry_after_s).ptr;
    add("Retry-After: ");
    add({digits.data(), static_cast<size_t>(end - digits.data())});
    add("\r\n");
  }
  add(error.extra_fields);
  reply(scope, request, out, endpoint,
        {.status = error.status != 0 ? error.status : oauth_error(error.error).status,
         .content_type = "application/json",
         .extra_fields = {fields.data(), used},
         .body = {body.data(), size}});
}

void reply_method_not_allowed(WorkerScope& scope, const http::Request& request, http::Responder& out, Endpoint endpoint,
                              std::string_view allow) {
  const std::string fields = "Allow: " + std::string(allow) + "\r\n";
  reply_error(scope, request, out, endpoint,
              {.error = OAuthError::kInvalidRequest,
               .description = "this method is not served here; see Allow",
               .status = 405,
               .extra_fields = fields});
}

}  // namespace signet
