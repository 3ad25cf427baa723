#include "protocol/dialect/answer_compile.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "protocol/base/ascii_case.h"
#include "protocol/base/check.h"
#include "protocol/dialect/dialect_file.h"
#include "protocol/dialect/template_compile.h"
#include "protocol/json/reader.h"

namespace signet {
namespace {

constexpr std::string_view kJsonType = "application/json";
constexpr std::string_view kBuiltInBody = R"({"error":"${error}","error_description":"${error_description}"})";

constexpr uint32_t bit(TemplateValue value) { return 1U << static_cast<unsigned>(value); }

bool has_no_body(int status) { return status == 204 || status == 205 || status == 304; }

// Lays header rows over each other: the first of a name counts.
class Headers {
 public:
  void add(const std::vector<HeaderRow>& rows) {
    for (const HeaderRow& row : rows) {
      const bool known =
          std::ranges::any_of(rows_, [&](const HeaderRow* one) { return equal_ignoring_case(one->name, row.name); });
      if (!known) rows_.push_back(&row);
    }
  }
  void add(const AnswerScope& scope) {
    for (const auto* rows : scope.headers) add(*rows);
  }

  std::vector<DialectHeader> compile(TemplatePlace place, const AnswerScope& scope, uint32_t line) const {
    std::vector<DialectHeader> out;
    for (const HeaderRow* row : rows_) {
      if (row->value.empty()) continue;
      auto value = compile_template(row->value, {.place = place,
                                                 .syntax = TemplateSyntax::kHeaderValue,
                                                 .refused_values = scope.refused_values,
                                                 .refused_reason = scope.refused_reason,
                                                 .captures = scope.captures,
                                                 .captures_here = row->captures_here,
                                                 .requests = scope.requests});
      if (value) {
        out.push_back({row->name, *std::move(value)});
      } else {
        scope.problems->error(row->line, fmt::format("header {}: {}", row->name, value.error()));
      }
    }
    if (out.size() > kAnswerHeadersMax) {
      scope.problems->error(line,
                            fmt::format("an answer has at most {} headers, not {}", kAnswerHeadersMax, out.size()));
    }
    return out;
  }

 private:
  std::vector<const HeaderRow*> rows_;
};

Template compile_body(const LocatedText& text, uint32_t captures_here, std::string_view content_type,
                      TemplatePlace place, const AnswerScope& scope) {
  if (text.text.empty()) return {};
  auto body = compile_template(text.text, {.place = place,
                                           .syntax = template_syntax(content_type),
                                           .refused_values = scope.refused_values,
                                           .refused_reason = scope.refused_reason,
                                           .captures = scope.captures,
                                           .captures_here = captures_here,
                                           .requests = scope.requests});
  if (body) return *std::move(body);
  scope.problems->error(text.line, fmt::format("body: {}", body.error()));
  return {};
}

// Whether a JSON body has a top-level member `error`; nothing when it is no JSON object.
std::optional<bool> has_error_member(const Template& body, std::string_view content_type) {
  if (body.empty() || template_syntax(content_type) != TemplateSyntax::kJson) return std::nullopt;
  const auto json = read_json(sample_render(body), {.size_max = SIZE_MAX, .allow_fractions = true});
  if (!json || json->as_object() == nullptr) return std::nullopt;
  return json->find("error") != nullptr;
}

void warn_about_error_member(std::optional<bool> has_error, int status, uint32_t line, std::string_view what,
                             DialectProblems& problems) {
  if (!has_error) return;
  if (status < 300 && *has_error) {
    problems.warning(
        line,
        fmt::format("{}: clients may take an answer of status {} with a member \"error\" for a failure", what, status));
  } else if (status >= 300 && !*has_error) {
    problems.warning(
        line,
        fmt::format("{}: the body has no member \"error\" at its top; RFC 6749 section 5.2 clients need one", what));
  }
}

// One condition of the layers.
class ErrorRowView {
 public:
  ErrorRowView(std::span<const ErrorRows* const> layers, size_t condition) {
    for (const ErrorRows* layer : layers)
      if (layer->rows[condition]) rows_.push_back(&*layer->rows[condition]);
    for (const ErrorRows* layer : layers)
      if (layer->fallback) rows_.push_back(&*layer->fallback);
  }

  template <typename T>
  const AnswerRow* first_row(std::optional<T> AnswerRow::* member) const {
    for (const AnswerRow* row : rows_)
      if (row->*member) return row;
    return nullptr;
  }
  template <typename T>
  const T* first(std::optional<T> AnswerRow::* member) const {
    const AnswerRow* row = first_row(member);
    return row == nullptr ? nullptr : &*(row->*member);
  }
  const std::vector<const AnswerRow*>& rows() const { return rows_; }
  uint32_t line() const { return rows_.empty() ? 0 : rows_[0]->line; }

 private:
  std::vector<const AnswerRow*> rows_;
};

struct ErrorBody {
  Template body;
  std::optional<bool> has_error_member;
};

// Bodies of the rows of one scope: most conditions of a set have that of its default row.
class ErrorBodies {
 public:
  explicit ErrorBodies(const AnswerScope& scope) : scope_(scope) {
    built_in_.body.emplace(std::string(kBuiltInBody), 0);
  }

  // `from` is borrowed until the end of this; what comes back, until the next call.
  const ErrorBody& body(const AnswerRow& from, std::string_view content_type) {
    const auto same = [&](const Compiled& one) { return one.from == &from && one.content_type == content_type; };
    auto at = std::ranges::find_if(compiled_, same);
    if (at == compiled_.end()) at = compiled_.insert(at, compile(from, content_type));
    return at->body;
  }
  const AnswerRow& built_in() const { return built_in_; }
  const AnswerScope& scope() const { return scope_; }

 private:
  struct Compiled {
    const AnswerRow* from;
    std::string content_type;
    ErrorBody body;
  };
  Compiled compile(const AnswerRow& from, std::string_view content_type) const {
    Template body = compile_body(*from.body, from.captures_here, content_type, TemplatePlace::kError, scope_);
    const auto has_error = has_error_member(body, content_type);
    return {&from, std::string(content_type), {std::move(body), has_error}};
  }

  const AnswerScope& scope_;
  AnswerRow built_in_;
  std::vector<Compiled> compiled_;
};

DialectErrorAnswer compile_error(const ErrorRowView& row, const DialectConditionEntry& built_in, ErrorBodies& bodies) {
  const AnswerScope& scope = bodies.scope();
  DialectErrorAnswer answer;
  const int* status = row.first(&AnswerRow::status);
  answer.status = status != nullptr ? *status : built_in.status;
  const LocatedText* error = row.first(&AnswerRow::error);
  answer.error = error != nullptr ? error->text : std::string(built_in.error);
  const LocatedText* description = row.first(&AnswerRow::error_description);
  answer.error_description = description != nullptr ? description->text : std::string(built_in.description);
  const LocatedText* type = row.first(&AnswerRow::content_type);
  answer.content_type = type != nullptr ? type->text : std::string(kJsonType);

  const TemplateInput input{
      .error = answer.error, .error_description = answer.error_description, .status = answer.status};
  constexpr uint32_t kKnown =
      bit(TemplateValue::kError) | bit(TemplateValue::kErrorDescription) | bit(TemplateValue::kStatus);
  if (!has_no_body(answer.status)) {
    const AnswerRow* from = row.first_row(&AnswerRow::body);
    // A row that changes the type alone keeps the built-in body only while that still is of the type.
    if (from == nullptr && template_syntax(answer.content_type) != TemplateSyntax::kJson) {
      scope.problems->error(type->line, "content_type: a type that is not JSON needs a body of its own");
      return answer;
    }
    if (from == nullptr) from = &bodies.built_in();
    const ErrorBody& body = bodies.body(*from, answer.content_type);
    answer.body = fold(body.body, input, kKnown);
    warn_about_error_member(body.has_error_member, answer.status, from->body->line,
                            fmt::format("error {}", built_in.name), *scope.problems);
  }
  Headers headers;
  for (const AnswerRow* one : row.rows()) headers.add(one->headers);
  headers.add(scope);
  answer.headers = headers.compile(TemplatePlace::kError, scope, row.line());
  for (DialectHeader& header : answer.headers) header.value = fold(header.value, input, kKnown);
  return answer;
}

bool says_something(std::span<const ErrorRows* const> layers, size_t condition) {
  return std::ranges::any_of(layers, [&](const ErrorRows* one) { return one->fallback || one->rows[condition]; });
}

}  // namespace

DialectAnswer compile_success(const AnswerRow& row, const AnswerScope& scope) {
  DialectAnswer answer;
  answer.status = row.status.value_or(200);
  answer.content_type = row.content_type ? row.content_type->text : std::string(kJsonType);
  const TemplateInput input{.status = answer.status};
  if (row.body && has_no_body(answer.status) && !row.body->text.empty()) {
    scope.problems->error(row.body->line, fmt::format("body: an answer of status {} has none", answer.status));
  } else if (row.body) {
    const Template body =
        compile_body(*row.body, row.captures_here, answer.content_type, TemplatePlace::kSuccess, scope);
    answer.body = fold(body, input, bit(TemplateValue::kStatus));
    warn_about_error_member(has_error_member(answer.body, answer.content_type), answer.status, row.body->line,
                            "success", *scope.problems);
  }
  Headers headers;
  headers.add(row.headers);
  headers.add(scope);
  answer.headers = headers.compile(TemplatePlace::kSuccess, scope, row.line);
  return answer;
}

ErrorIndexes compile_errors(std::span<const ErrorRows* const> layers, const AnswerScope& scope,
                            std::vector<DialectErrorAnswer>& answers, const SharedErrors& shared) {
  ErrorIndexes indexes{};
  ErrorBodies bodies(scope);
  for (size_t condition = 0; condition < indexes.size(); ++condition) {
    if (shared.indexes != nullptr && !says_something(shared.own, condition)) {
      indexes[condition] = (*shared.indexes)[condition];
      continue;
    }
    const auto& built_in = dialect_condition(static_cast<DialectCondition>(condition));
    answers.push_back(compile_error(ErrorRowView(layers, condition), built_in, bodies));
    SIGNET_CHECK(answers.size() <= UINT16_MAX);
    indexes[condition] = static_cast<uint16_t>(answers.size() - 1);
  }
  return indexes;
}

}  // namespace signet
