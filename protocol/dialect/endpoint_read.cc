#include "protocol/dialect/endpoint_read.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "protocol/base/char_class.h"
#include "protocol/dialect/credential_read.h"
#include "protocol/dialect/dialect_file.h"

namespace signet {
namespace {

constexpr std::array kKeys =
    std::to_array<std::string_view>({"name", "paths", "methods", "handler", "when", "trailing_slash", "double_slashes",
                                     "body", "query_as_form", "guarded", "tenant", "credential_before_method",
                                     "credential", "success", "success_with_refresh", "error", "error_set"});
constexpr std::array<std::string_view, 4> kBodies{"ignored", "form", "json", "form_or_json"};
constexpr CharClass kNameCharacters = CharClass::range('a', 'z') | kDigits | CharClass("_");
constexpr size_t kNameSizeMax = 32;

void read_name(const TableReader& in, DialectEndpoint& out) {
  if (!in.has("name")) in.error("name", "is required");
  const auto name = in.text("name");
  if (!name) return;
  out.name = name->text;
  if (out.name.empty() || out.name.size() > kNameSizeMax || !kNameCharacters.contains_all(out.name)) {
    in.error("name", "expected 1 to 32 of a-z0-9_");
  }
}

void read_paths(const TableReader& in, const EndpointReading& reading, EndpointRow& out) {
  const auto texts = in.texts("paths");
  const TomlValue* raw = in.raw("paths");
  const bool empty = raw == nullptr || (raw->kind == TomlKind::kArray && raw->elements.empty());
  if (empty) in.error("paths", "is required: a list of at least one path");
  if (texts.size() > kEndpointPathsMax) {
    return in.error("paths", fmt::format("an endpoint has at most {} paths, not {}", kEndpointPathsMax, texts.size()));
  }
  for (const LocatedText& text : texts) {
    auto path = parse_dialect_path(text.text, reading.captures);
    if (!path) {
      in.error_at(text.line, "paths", fmt::format("\"{}\": {}", text.text.substr(0, 64), path.error()));
      continue;
    }
    for (const DialectSegment& segment : path->segments)
      if (segment.is_capture()) out.captures_here |= 1U << segment.capture;
    out.endpoint.paths.push_back(*std::move(path));
    out.path_lines.push_back(text.line);
  }
}

void read_methods(const TableReader& in, DialectMethods& out) {
  const auto texts = in.texts("methods");
  const TomlValue* raw = in.raw("methods");
  if (raw == nullptr || (raw->kind == TomlKind::kArray && raw->elements.empty())) {
    in.error("methods", "is required: a list such as [\"POST\"]");
  }
  for (const LocatedText& text : texts) {
    if (text.text == "*") {
      out.any = true;
    } else if (const auto method = find_dialect_method(text.text)) {
      out.bits |= static_cast<uint8_t>(*method);
    } else if (text.text == "HEAD") {
      in.error_at(text.line, "methods", "HEAD goes with GET by itself");
    } else {
      in.error_at(text.line, "methods",
                  unknown_name("method", text.text, dialect_method_names()) + ", or \"*\" for any");
    }
  }
  if (out.any && out.bits != 0) in.error("methods", "\"*\" is every method: name no other one beside it");
}

void read_handler(const TableReader& in, const EndpointReading& reading, DialectEndpoint& out) {
  out.handler = "issue";
  const auto text = in.text("handler");
  if (!text) return;
  out.handler = text->text;
  const auto at = std::ranges::find(reading.handlers, text->text);
  out.handler_index = static_cast<size_t>(at - reading.handlers.begin());
  if (at == reading.handlers.end()) in.error("handler", unknown_name("handler", text->text, reading.handlers));
}

void read_body(const TableReader& in, DialectEndpoint& out) {
  const auto text = in.text("body");
  if (!text) return;
  const auto at = std::ranges::find(kBodies, text->text);
  if (at == kBodies.end()) return in.error("body", unknown_name("body", text->text, kBodies));
  out.body = static_cast<DialectBody>(at - kBodies.begin());
}

void read_tenant(const TableReader& in, DialectEndpoint& out) {
  constexpr std::array<std::string_view, 2> kTenants{"path", "token"};
  const auto text = in.text("tenant");
  if (!text) return;
  if (std::ranges::find(kTenants, text->text) == kTenants.end()) {
    return in.error("tenant", unknown_name("place of the tenant", text->text, kTenants));
  }
  out.tenant_from_token = text->text == "token" && out.guarded;
  if (text->text == "token" && !out.guarded) in.error("tenant", "\"token\" needs guarded = true");
}

void read_error_set(const TableReader& in, const EndpointReading& reading, EndpointRow& row) {
  const auto text = in.text("error_set");
  if (!text) return;
  const auto at = std::ranges::find(reading.error_sets, text->text);
  if (at == reading.error_sets.end()) {
    in.error("error_set", unknown_name("set of [error_sets]", text->text, reading.error_sets));
  } else {
    row.error_set = static_cast<size_t>(at - reading.error_sets.begin());
  }
}

void read_credentials(const TableReader& in, DialectEndpoint& out) {
  const auto tables = in.tables("credential");
  if (tables.size() > kEndpointCredentialsMax) {
    return in.error("credential", fmt::format("at most {} of them, not {}", kEndpointCredentialsMax, tables.size()));
  }
  const bool form = out.body == DialectBody::kForm || out.body == DialectBody::kFormOrJson || out.query_as_form;
  const bool json = out.body == DialectBody::kJson || out.body == DialectBody::kFormOrJson;
  for (const TomlValue* table : tables) {
    auto one = read_credential(*table, in.problems());
    if (!one) continue;
    if (one->carrier == DialectCarrier::kForm && !form) {
      in.error_at(table->line, "credential", "carrier \"form\" needs body = \"form\" or \"form_or_json\"");
    } else if (one->carrier == DialectCarrier::kJson && !json) {
      in.error_at(table->line, "credential", "carrier \"json\" needs body = \"json\" or \"form_or_json\"");
    }
    out.credentials.push_back(*std::move(one));
  }
}

void check_handler(const TableReader& in, const EndpointReading& reading, const EndpointRow& row) {
  const DialectEndpoint& endpoint = row.endpoint;
  const bool issues = endpoint.handler_index == kHandlerIssue;
  if (issues && !reading.has_token) in.error("handler", "\"issue\" needs a [token]");
  if (endpoint.guarded && !reading.has_token) in.error("guarded", "needs a [token]: what else would be presented?");
  const bool open = !in.has("credential") && !endpoint.guarded;
  if (issues && open) {
    in.error("credential", "\"issue\" would give a token to anybody: add [[endpoint.credential]] or guarded = true");
  }
  if (open && endpoint.credential_before_method) in.error("credential_before_method", "there is no credential");
  if (row.success_with_refresh && endpoint.handler_index < kHandlerFirstGiven) {
    in.error("success_with_refresh", fmt::format("the handler \"{}\" gives no refresh token", endpoint.handler));
  }
  if (!row.has_success && endpoint.handler_index <= kHandlerAnswer) {
    in.error("success", fmt::format("is required for the handler \"{}\"", endpoint.handler));
  }
}

constexpr uint32_t bits(std::initializer_list<TemplateValue> values) {
  uint32_t out = 0;
  for (const TemplateValue value : values) out |= 1U << static_cast<unsigned>(value);
  return out;
}

constexpr uint32_t kOfToken =
    bits({TemplateValue::kAlg, TemplateValue::kKid, TemplateValue::kToken, TemplateValue::kIssuedAt,
          TemplateValue::kExpiresAt, TemplateValue::kLifetime, TemplateValue::kJti});
constexpr uint32_t kOfClient =
    bits({TemplateValue::kClientId, TemplateValue::kSubject, TemplateValue::kScope, TemplateValue::kScopes,
          TemplateValue::kAudience, TemplateValue::kKeyId, TemplateValue::kClientKey});

}  // namespace

EndpointRow read_endpoint(const TomlValue& table, const EndpointReading& reading) {
  const auto* named = table.find("name");
  const bool has_name = named != nullptr && named->value.kind == TomlKind::kText;
  const std::string place =
      has_name ? fmt::format("[[endpoint]] \"{}\"", named->value.text.substr(0, kNameSizeMax)) : "[[endpoint]]";
  const TableReader in(&table, place, kKeys, reading.problems);
  EndpointRow row;
  row.line = table.line;
  DialectEndpoint& endpoint = row.endpoint;
  read_name(in, endpoint);
  read_paths(in, reading, row);
  read_methods(in, endpoint.methods);
  read_handler(in, reading, endpoint);
  if (const auto when = in.text("when")) row.served = reading.switches.state(in, "when", when->text).value_or(true);
  endpoint.trailing_slash = reading.switches.flag(in, "trailing_slash", false);
  endpoint.double_slashes = reading.switches.flag(in, "double_slashes", false);
  read_body(in, endpoint);
  endpoint.query_as_form = in.boolean("query_as_form").value_or(false);
  endpoint.guarded = in.boolean("guarded").value_or(false);
  read_tenant(in, endpoint);
  endpoint.credential_before_method = in.boolean("credential_before_method").value_or(false);
  read_credentials(in, endpoint);
  row.has_success = in.has("success");
  if (const TomlValue* success = in.table("success")) {
    row.success = read_answer_row(success, "[endpoint.success]", AnswerRowKind::kSuccess, reading.problems);
  }
  if (const TomlValue* success = in.table("success_with_refresh")) {
    row.success_with_refresh =
        read_answer_row(success, "[endpoint.success_with_refresh]", AnswerRowKind::kSuccess, reading.problems);
  }
  row.errors = read_error_rows(in.table("error"), "endpoint.error", reading.problems);
  read_error_set(in, reading, row);
  if (row.success) limit_captures(row.captures_here, *row.success);
  if (row.success_with_refresh) limit_captures(row.captures_here, *row.success_with_refresh);
  if (row.errors.fallback) limit_captures(row.captures_here, *row.errors.fallback);
  for (auto& error : row.errors.rows)
    if (error) limit_captures(row.captures_here, *error);
  check_handler(in, reading, row);
  return row;
}

uint32_t values_without_meaning(const EndpointRow& row, std::string_view& reason) {
  const DialectEndpoint& endpoint = row.endpoint;
  if (endpoint.handler_index != kHandlerAnswer || endpoint.guarded) return 0;
  reason = "the handler \"answer\" makes no token";
  if (!endpoint.credentials.empty()) return kOfToken;
  reason = "nobody has to say who they are at this endpoint";
  return kOfToken | kOfClient;
}

}  // namespace signet
