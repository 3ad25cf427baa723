#include "daemon/dialect/parameters.h"

#include <algorithm>

#include "daemon/endpoint/media_type.h"
#include "protocol/base/secret_bytes.h"
#include "protocol/json/reader.h"

namespace signet {
namespace {

constexpr std::string_view kFormType = "application/x-www-form-urlencoded";
constexpr std::string_view kJsonType = "application/json";

// What an endpoint does not look at may be anything.
bool looks_at_query(const DialectEndpoint& endpoint) {
  const auto in_query = [](const DialectCredential& one) { return one.carrier == DialectCarrier::kQuery; };
  return endpoint.query_as_form || std::ranges::any_of(endpoint.credentials, in_query);
}

}  // namespace

DialectParameters::~DialectParameters() {
  wipe_text(body_text_);
  wipe_text(query_text_);
}

bool DialectParameters::read_form(std::string_view from, std::string& text, FormParameters& form) {
  text.assign(from);
  const auto parsed = form.parse({text.data(), text.size()}, {});
  if (!parsed && parsed.error() == FormError::kDuplicate) repeated_ = true;
  return parsed.has_value();
}

std::optional<DialectParametersError> DialectParameters::read(const http::Request& request,
                                                              const DialectEndpoint& endpoint) {
  query_as_form_ = endpoint.query_as_form;
  if (request.has_query && !request.query.empty()) {
    has_query_form_ = read_form(request.query, query_text_, query_);
    if (!has_query_form_ && !repeated_ && looks_at_query(endpoint)) return DialectParametersError::kMalformed;
  }
  if (endpoint.body == DialectBody::kIgnored) return std::nullopt;
  const std::string_view body(request.body.data(), request.body.size());
  if (request.repeated_content_type) return DialectParametersError::kUnsupportedMediaType;
  const bool untyped = request.content_type.empty();
  const bool may_be_json = endpoint.body != DialectBody::kForm;
  const bool may_be_form = endpoint.body != DialectBody::kJson;
  if (may_be_json && (media_type_is(request.content_type, kJsonType) || (untyped && !may_be_form))) {
    auto read = read_json(body, {.size_max = SIZE_MAX, .depth_max = 8, .allow_fractions = true});
    if (!read) {
      repeated_ = read.error().reason == JsonErrorReason::kDuplicateMember;
      return DialectParametersError::kMalformed;
    }
    json_.emplace(std::move(*read));
    return std::nullopt;
  }
  // A form without a type is taken for one: some clients send no Content-Type, and an empty body has none.
  if (may_be_form && (media_type_is(request.content_type, kFormType) || untyped)) {
    has_body_form_ = read_form(body, body_text_, body_);
    if (!has_body_form_) return DialectParametersError::kMalformed;
    return std::nullopt;
  }
  return body.empty() ? std::nullopt : std::optional(DialectParametersError::kUnsupportedMediaType);
}

std::string_view DialectParameters::form(std::string_view name) const {
  if (has_body_form_) {
    if (const std::string_view value = body_.get(name); value.data() != nullptr) return value;
  }
  return query_as_form_ ? query(name) : std::string_view();
}

std::string_view DialectParameters::query(std::string_view name) const {
  return has_query_form_ ? query_.get(name) : std::string_view();
}

std::string_view DialectParameters::json(std::span<const std::string> way) const {
  if (!json_) return {};
  const JsonValue* at = &*json_;
  for (const std::string& name : way) {
    at = at->find(name);
    if (at == nullptr) return {};
  }
  const std::string* text = at->as_string();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

std::string_view DialectParameters::any(std::string_view name) const {
  if (has_body_form_) {
    if (const std::string_view value = body_.get(name); value.data() != nullptr) return value;
  }
  if (json_) {
    if (const std::string* text = json_->find_string(name)) return *text;
  }
  return query(name);
}

}  // namespace signet
