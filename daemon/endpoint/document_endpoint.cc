#include "daemon/endpoint/document_endpoint.h"

#include <array>
#include <charconv>
#include <cstring>

#include "daemon/endpoint/reply.h"
#include "keystore/keys/key_set_age.h"
#include "protocol/base/copy_text.h"

namespace signet {
namespace {

// RFC 9110 section 13.1.2: weak comparison; `*` matches whatever there is.
bool etag_matches(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    const size_t comma = if_none_match.find(',');
    std::string_view one = if_none_match.substr(0, comma);
    if_none_match = comma == std::string_view::npos ? std::string_view{} : if_none_match.substr(comma + 1);
    while (one.starts_with(' ') || one.starts_with('\t')) one.remove_prefix(1);
    while (one.ends_with(' ') || one.ends_with('\t')) one.remove_suffix(1);
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == "*" || one == etag) return true;
  }
  return false;
}

class FieldLines {
 public:
  void add(std::string_view text) {
    if (used_ + text.size() > lines_.size()) return;
    copy_text(lines_.data() + used_, text);
    used_ += text.size();
  }
  void add(uint32_t number) {
    std::array<char, 10> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    add({digits.data(), static_cast<size_t>(end - digits.data())});
  }
  std::string_view text() const { return {lines_.data(), used_}; }

 private:
  std::array<char, 256> lines_;
  size_t used_ = 0;
};

struct Document {
  std::string_view body;
  std::string_view etag;
  std::string_view content_type;
  Endpoint endpoint;
  uint32_t max_age_s;
};

void serve(WorkerScope& scope, const http::Request& request, http::Responder& out, const Document& document) {
  if (request.method != http::Method::kGet && request.method != http::Method::kHead) {
    reply_method_not_allowed(scope, request, out, document.endpoint, "GET, HEAD");
    return;
  }
  FieldLines fields;
  fields.add("Cache-Control: public, max-age=");
  fields.add(document.max_age_s);
  fields.add("\r\nETag: ");
  fields.add(document.etag);
  fields.add("\r\nAccess-Control-Allow-Origin: *\r\n");  // browsers' verifiers read these too
  if (etag_matches(request.if_none_match, document.etag)) {
    reply(scope, request, out, document.endpoint, {.status = 304, .extra_fields = fields.text()});
    return;
  }
  reply(scope, request, out, document.endpoint,
        {.status = 200, .content_type = document.content_type, .extra_fields = fields.text(), .body = document.body});
}

}  // namespace

void serve_jwks(WorkerScope& scope, const http::Request& request, http::Responder& out, const TenantKeys& tenant) {
  const uint32_t promised_s = scope.shared.settings.load().jwks_max_age_s;
  const uint32_t max_age_s = key_set_max_age_s(tenant.key_steps, scope.clock() / 1000, promised_s);
  // RFC 7517 section 8.5.2 registers application/jwk-set+json.
  serve(scope, request, out, {tenant.jwks, tenant.jwks_etag, "application/jwk-set+json", Endpoint::kJwks, max_age_s});
}

void serve_metadata(WorkerScope& scope, const http::Request& request, http::Responder& out, const TenantKeys& tenant) {
  serve(scope, request, out,
        {tenant.metadata, tenant.metadata_etag, "application/json", Endpoint::kMetadata,
         scope.shared.settings.load().jwks_max_age_s});
}

}  // namespace signet
