#include "daemon/dialect/dialect_call.h"

#include <algorithm>

#include "daemon/dialect/answer_head.h"
#include "daemon/endpoint/reply.h"

namespace signet {
namespace {

constexpr size_t kFieldsMax = size_t{8} * 1024;
constexpr size_t kErrorBodyMax = size_t{16} * 1024;

http::Request request_of(const DialectAnswers& answers) {
  http::Request request;
  request.id = answers.exchange;
  request.arrived_ns = answers.arrived_ns;
  return request;
}

}  // namespace

std::string_view DialectCall::capture(std::string_view name) const {
  const auto at = std::ranges::find(dialect.capture_names, name);
  if (at == dialect.capture_names.end()) return {};
  return captures.values[static_cast<size_t>(at - dialect.capture_names.begin())];
}

DialectPlace DialectCall::place() const {
  DialectPlace place{.exchange = exchange,
                     .arrived_ns = arrived_ns,
                     .dialect = dialect.name,
                     .endpoint = endpoint == nullptr ? std::string() : endpoint->name};
  if (tenant != nullptr) place.tenant = tenant->tenant;
  return place;
}

void DialectAnswers::refuse(DialectCondition condition, std::string_view extra) {
  const DialectErrorAnswer& row = endpoint == nullptr ? dialect.error(condition) : dialect.error(*endpoint, condition);
  send(row, {.error = row.error, .error_description = row.error_description, .status = row.status, .path = path_values},
       extra);
}

void DialectAnswers::refuse_for_a_while(DialectCondition condition, uint32_t retry_after_s) {
  refuse(condition, "Retry-After: " + std::to_string(retry_after_s) + "\r\n");
}

void DialectAnswers::answer(const DialectAnswer& row, const TemplateInput& input) { send(row, input, {}); }

void DialectAnswers::send(const DialectAnswer& row, const TemplateInput& input, std::string_view extra) {
  std::array<char, kFieldsMax> fields;
  AnswerHead head(fields);
  head.fields(row, input);
  head.add(extra);
  std::array<char, kErrorBodyMax> rendered;
  std::string_view body = row.body.literal();
  if (!row.body.is_literal()) {
    const size_t size = row.body.render(input, rendered);
    body = {rendered.data(), size};
  }
  const bool overflowed = head.overflowed() || (body.empty() && !row.body.empty());
  if (overflowed) return answer(500, R"({"error":"server_error"})");
  reply(scope, request_of(*this), out, Endpoint::kDialect,
        {.status = row.status, .content_type = row.content_type, .extra_fields = head.text(), .body = body});
}

void DialectAnswers::answer(int status, std::string_view body, std::string_view content_type, std::string_view extra) {
  // The dialect's own fields go with whatever a handler answers.
  std::array<char, kFieldsMax> fields;
  AnswerHead head(fields);
  const DialectAnswer plain{.status = status};
  head.fields(plain, {});
  head.add(extra);
  reply(scope, request_of(*this), out, Endpoint::kDialect,
        {.status = status, .content_type = content_type, .extra_fields = head.text(), .body = body});
}

}  // namespace signet
