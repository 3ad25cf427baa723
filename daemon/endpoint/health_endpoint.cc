#include "daemon/endpoint/health_endpoint.h"

#include "daemon/endpoint/reply.h"

namespace signet {
namespace {

constexpr std::string_view kNoStore = "Cache-Control: no-store\r\n";

void serve(WorkerScope& scope, const http::Request& request, http::Responder& out, Endpoint endpoint, bool good) {
  if (request.method != http::Method::kGet && request.method != http::Method::kHead) {
    reply_method_not_allowed(scope, request, out, endpoint, "GET, HEAD");
    return;
  }
  reply(scope, request, out, endpoint,
        {.status = good ? 200 : 503,
         .content_type = "application/json",
         .extra_fields = kNoStore,
         .body = good ? R"({"status":"ok"})" : R"({"status":"not ready"})"});
}

}  // namespace

void serve_health(WorkerScope& scope, const http::Request& request, http::Responder& out) {
  serve(scope, request, out, Endpoint::kHealth, true);
}

void serve_ready(WorkerScope& scope, const http::Request& request, http::Responder& out) {
  serve(scope, request, out, Endpoint::kReady, scope.shared.ready.load(std::memory_order_relaxed));
}

}  // namespace signet
