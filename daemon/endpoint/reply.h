// Replies that every endpoint gives: OAuth errors (RFC 6749 5.2), 405, and counting.
#pragma once

#include <string_view>

#include "daemon/endpoint/worker_scope.h"
#include "protocol/oauth/error.h"

namespace signet {

struct ErrorReply {
  OAuthError error{};
  std::string_view description;   // empty = the table's public text
  bool challenge = false;         // WWW-Authenticate: Basic (RFC 6749 5.2: the client used that scheme)
  int status = 0;                 // 0 = the table's
  std::string_view extra_fields;  // complete header lines
  uint32_t retry_after_s = 0;     // Retry-After; 0 = none
};

// unavailable: 503 with Retry-After, for what a later try will get: a worker or the store has as much to do as it may.
ErrorReply unavailable();

// The body of `reply` written to `out`; used where an error is part of a larger answer.
size_t write_error_body(const ErrorReply& reply, std::span<char> out);

// Answers with an RFC 6749 5.2 body, no-store, and counts it for `endpoint`.
void reply_error(WorkerScope& scope, const http::Request& request, http::Responder& out, Endpoint endpoint,
                 const ErrorReply& reply);

// Answers 405 with `allow` (RFC 9110 15.5.6).
void reply_method_not_allowed(WorkerScope& scope, const http::Request& request, http::Responder& out, Endpoint endpoint,
                              std::string_view allow);

// Answers and counts.
void reply(WorkerScope& scope, const http::Request& request, http::Responder& out, Endpoint endpoint,
           const http::Response& response);

}  // namespace signet
