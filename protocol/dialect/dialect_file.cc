#include "protocol/dialect/dialect_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "protocol/base/char_class.h"
#include "protocol/dialect/answer_compile.h"
#include "protocol/dialect/bearer_read.h"
#include "protocol/dialect/endpoint_read.h"
#include "protocol/dialect/switch_table.h"
#include "protocol/dialect/token_compile.h"

namespace signet {
namespace {

constexpr std::array kKeys =
    std::to_array<std::string_view>({"name", "title", "default_tenant_names", "accept_versions", "reuse", "switches",
                                     "token", "bearer", "headers", "error", "error_sets", "endpoint", "when"});
constexpr std::array<std::string_view, 3> kWhenKeys{"error", "headers", "token"};
constexpr std::array<std::string_view, 1> kWhenTokenKeys{"lifetime_s"};
constexpr CharClass kNameCharacters = CharClass::range('a', 'z') | kDigits | CharClass("-");
constexpr CharClass kSetNameCharacters = CharClass::range('a', 'z') | kDigits | CharClass("_");
constexpr size_t kNameSizeMax = 32;
constexpr size_t kTitleSizeMax = 100;

// What [when.SWITCH] lays over the plain rows.
struct WhenRow {
  bool on = false;
  ErrorRows errors;
  std::vector<HeaderRow> headers;
  std::optional<uint32_t> lifetime_s;
};

// [error_sets.NAME]: rows that several endpoints share.
struct ErrorSet {
  std::string_view name;
  uint32_t line = 0;
  ErrorRows rows;
  std::optional<ErrorIndexes> compiled;  // once an endpoint has it and no rows of its own
  bool used = false;
};

class FileReader {
 public:
  FileReader(const TomlValue& root, DialectProblems& problems, const DialectFileOptions& options)
      : problems_(problems), root_(&root, "", kKeys, problems), switches_(root_, options.switches) {
    handlers_ = {"issue", "answer"};
    handlers_.insert(handlers_.end(), options.handlers.begin(), options.handlers.end());
  }

  Dialect read() {
    read_names();
    read_requests();
    headers_ = read_header_rows(root_.table("headers"), "[headers]", problems_);
    errors_ = read_error_rows(root_.table("error"), "error", problems_);
    read_error_sets();
    read_when();
    read_endpoints();
    dialect_.bearer = read_bearer(root_.table("bearer"), problems_);
    read_token();
    check_tenants();
    compile_answers();
    for (EndpointRow& row : endpoints_) compile_endpoint(row);
    check_error_sets();
    check_overlaps();
    // A handler of the daemon's may look at any.
    const auto given = [](const EndpointRow& row) { return row.endpoint.handler_index >= kHandlerFirstGiven; };
    if (std::ranges::none_of(endpoints_, given)) switches_.warn_unused(problems_);
    dialect_.switches = switches_.in_force();
    for (EndpointRow& row : endpoints_)
      if (row.served) dialect_.endpoints.push_back(std::move(row.endpoint));
    return std::move(dialect_);
  }

 private:
  void read_names() {
    if (!root_.has("name")) root_.error("name", "is required");
    if (const auto name = root_.text("name")) {
      dialect_.name = name->text;
      const bool begins = !name->text.empty() && name->text[0] >= 'a' && name->text[0] <= 'z';
      if (!begins || name->text.size() > kNameSizeMax || !kNameCharacters.contains_all(name->text)) {
        root_.error("name", "expected 1 to 32 of a-z0-9-, a letter first");
      }
    }
    dialect_.title = dialect_.name;
    if (const auto title = root_.text("title")) {
      dialect_.title = title->text;
      const bool control = std::ranges::any_of(title->text, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
      if (title->text.empty() || title->text.size() > kTitleSizeMax || control) {
        root_.error("title", "expected 1 to 100 octets without control characters");
      }
    }
  }

  // What requests may say, and what comes of a refresh token that is used twice.
  void read_requests() {
    dialect_.default_tenant_names = short_texts("default_tenant_names");
    dialect_.accept_versions = short_texts("accept_versions");
    constexpr std::array<std::string_view, 2> kReuses{"revoke", "refuse"};
    const auto reuse = root_.text("reuse");
    if (!reuse) return;
    if (std::ranges::find(kReuses, reuse->text) == kReuses.end()) {
      return root_.error("reuse", unknown_name("way", reuse->text, kReuses));
    }
    dialect_.revoke_on_reuse = reuse->text == "revoke";
  }

  std::vector<std::string> short_texts(std::string_view member) {
    constexpr size_t kTextsMax = 64;
    std::vector<std::string> out;
    const auto texts = root_.texts(member);
    out.reserve(texts.size());
    for (const LocatedText& one : texts) {
      if (one.text.empty() || one.text.size() > kTitleSizeMax || !CharClass::range(0x21, 0x7E).contains_all(one.text)) {
        root_.error_at(one.line, member, "expected 1 to 100 visible ASCII characters");
      }
      out.push_back(one.text);
    }
    if (out.size() > kTextsMax) root_.error(member, fmt::format("at most {} of them, not {}", kTextsMax, out.size()));
    return out;
  }

  void read_error_sets() {
    const TomlValue* table = root_.table("error_sets");
    if (table == nullptr) return;
    for (const TomlMember& member : table->members) {
      const std::string place = fmt::format("error_sets.{}", member.name.substr(0, kNameSizeMax));
      if (member.name.empty() || member.name.size() > kNameSizeMax || !kSetNameCharacters.contains_all(member.name)) {
        problems_.error(member.line, fmt::format("[{}]: the name: expected 1 to 32 of a-z0-9_", place));
      } else if (member.value.kind != TomlKind::kTable) {
        problems_.error(member.line, fmt::format("[{}]: expected a table with rows of conditions", place));
      } else {
        error_sets_.push_back({member.name, member.line, read_error_rows(&member.value, place, problems_)});
        error_set_names_.push_back(member.name);
      }
    }
  }

  void read_when() {
    const TomlValue* table = root_.table("when");
    if (table == nullptr) return;
    std::vector<std::string_view> names;
    names.reserve(table->members.size());
    for (const TomlMember& member : table->members) names.push_back(member.name);
    const TableReader all(table, "[when]", names, problems_);  // every name is known: switches_ tells which are none
    for (const TomlMember& member : table->members) {
      const bool on = switches_.state(all, member.name, member.name).value_or(false);
      if (const TomlValue* row = all.table(member.name)) when_.push_back(read_when_row(*row, member.name, on));
    }
  }

  WhenRow read_when_row(const TomlValue& table, std::string_view name, bool on) {
    const std::string place = fmt::format("when.{}", name.substr(0, 64));
    const TableReader in(&table, "[" + place + "]", kWhenKeys, problems_);
    const TableReader token(in.table("token"), "[" + place + ".token]", kWhenTokenKeys, problems_);
    if (in.has("token") && !root_.has("token")) in.error("token", "there is no [token]");
    return {on, read_error_rows(in.table("error"), place + ".error", problems_),
            read_header_rows(in.table("headers"), "[" + place + "] headers", problems_), read_lifetime(token)};
  }

  void read_endpoints() {
    const auto tables = root_.tables("endpoint");
    if (!root_.has("endpoint")) root_.error("endpoint", "is required: at least one [[endpoint]]");
    if (tables.size() > kDialectEndpointsMax) {
      root_.error("endpoint", fmt::format("at most {} endpoints, not {}", kDialectEndpointsMax, tables.size()));
      return;
    }
    const EndpointReading reading{switches_,          handlers_, error_set_names_, dialect_.capture_names,
                                  root_.has("token"), problems_};
    for (const TomlValue* table : tables) {
      EndpointRow row = read_endpoint(*table, reading);
      for (const EndpointRow& other : endpoints_) {
        if (!row.endpoint.name.empty() && row.endpoint.name == other.endpoint.name) {
          problems_.error(row.line, fmt::format("[[endpoint]]: the name \"{}\" is that of the endpoint at line {} too",
                                                row.endpoint.name, other.line));
        }
      }
      endpoints_.push_back(std::move(row));
    }
  }

  void read_token() {
    const TomlValue* table = root_.table("token");
    if (table == nullptr) return;
    dialect_.token = compile_token(*table, dialect_.capture_names, dialect_.request_names, problems_);
    if (!dialect_.token) return;
    for (const WhenRow& when : when_) {
      if (!when.on || !when.lifetime_s) continue;
      dialect_.token->lifetime_s = *when.lifetime_s;
      break;
    }
  }

  void check_tenants() {
    if (!dialect_.token || !dialect_.token->names.tenant.empty()) return;
    for (const EndpointRow& row : endpoints_) {
      if (!row.endpoint.tenant_from_token) continue;
      problems_.error(row.line, fmt::format("[[endpoint]] \"{}\" tenant: no claim of [token] ends with "
                                            "${{tenant_key|uuid}} or ${{tenant_key|hex}}",
                                            row.endpoint.name));
    }
  }

  AnswerScope scope(std::span<const std::vector<HeaderRow>* const> headers) {
    return {.headers = headers,
            .captures = &dialect_.capture_names,
            .requests = &dialect_.request_names,
            .problems = &problems_};
  }

  // Every row is compiled by itself over the plain ones, so that those of a switch that is off are checked too.
  void compile_answers() {
    plain_headers_ = {&headers_};
    plain_ = compile_errors(std::array<const ErrorRows*, 1>{&errors_}, scope(plain_headers_), dialect_.error_answers);
    std::vector<DialectErrorAnswer> checked;
    for (const WhenRow& when : when_) {
      const std::array<const std::vector<HeaderRow>*, 2> headers{&when.headers, &headers_};
      const std::array<const ErrorRows*, 2> layers{&when.errors, &errors_};
      // One more condition shows mistakes in the switch's own headers.
      compile_success(AnswerRow{}, scope(headers));
      compile_errors(layers, scope(headers), checked, {.own = std::span(layers).first(1), .indexes = &plain_});
      if (!when.on) continue;
      on_headers_.push_back(&when.headers);
      on_errors_.push_back(&when.errors);
    }
    on_headers_.push_back(&headers_);
    dialect_.errors = plain_;
    if (on_errors_.empty()) return;
    std::vector<const ErrorRows*> layers = on_errors_;
    layers.push_back(&errors_);
    // All of them anew: headers of a switch are in every answer.
    dialect_.errors = compile_errors(layers, scope(on_headers_), dialect_.error_answers);
  }

  void compile_endpoint(EndpointRow& row) {
    DialectEndpoint& endpoint = row.endpoint;
    const AnswerScope here = scope(on_headers_);
    if (row.success) {
      AnswerScope success = here;
      success.refused_values = values_without_meaning(row, success.refused_reason);
      endpoint.success = compile_success(*row.success, success);
      check_success(row);
    }
    if (row.success_with_refresh) endpoint.success_with_refresh = compile_success(*row.success_with_refresh, here);
    endpoint.errors = endpoint_errors(row);
  }

  ErrorIndexes endpoint_errors(const EndpointRow& row) {
    ErrorSet* set = row.error_set ? &error_sets_[*row.error_set] : nullptr;
    if (set != nullptr) set->used = true;
    if (row.errors.empty()) return set == nullptr ? dialect_.errors : set_errors(*set);
    if (set == nullptr) return compile_own(std::array<const ErrorRows*, 1>{&row.errors});
    return compile_own(std::array<const ErrorRows*, 2>{&row.errors, &set->rows});
  }

  const ErrorIndexes& set_errors(ErrorSet& set) {
    if (!set.compiled) set.compiled = compile_own(std::array<const ErrorRows*, 1>{&set.rows});
    return *set.compiled;
  }

  // Rows between those of switches and those of the dialect.
  ErrorIndexes compile_own(std::span<const ErrorRows* const> own) {
    const AnswerScope here = scope(on_headers_);
    std::vector<const ErrorRows*> layers = on_errors_;
    layers.insert(layers.end(), own.begin(), own.end());
    layers.push_back(&errors_);
    std::vector<DialectErrorAnswer> checked;
    if (!on_errors_.empty()) {
      compile_errors(std::span(layers).last(own.size() + 1), here, checked, {.own = own, .indexes = &plain_});
    }
    return compile_errors(layers, here, dialect_.error_answers, {.own = own, .indexes = &dialect_.errors});
  }

  // What no endpoint takes is read all the same, so that its mistakes are seen.
  void check_error_sets() {
    for (ErrorSet& set : error_sets_) {
      if (set.used) continue;
      set_errors(set);
      problems_.warning(set.line,
                        fmt::format("[error_sets.{}]: no endpoint has error_set = \"{}\"", set.name, set.name));
    }
  }

  void check_success(const EndpointRow& row) {
    if (row.endpoint.handler_index != kHandlerIssue || problems_.has_errors()) return;
    const DialectAnswer& answer = *row.endpoint.success;
    auto gives = [](const Template& one) { return one.uses(TemplateValue::kToken); };
    if (gives(answer.body)) return;
    if (std::ranges::any_of(answer.headers, [&](const DialectHeader& one) { return gives(one.value); })) return;
    problems_.error(row.success->line,
                    "[endpoint.success]: the token is nowhere in it; write ${token} in body or in a header");
  }

  // Within the file, with lines; DialectRouter::build looks at all dialects together.
  void check_overlaps() {
    for (size_t i = 0; i < endpoints_.size(); ++i) {
      const EndpointRow& row = endpoints_[i];
      for (size_t path = 0; row.served && path < row.endpoint.paths.size(); ++path) check_overlap(i, path);
    }
  }

  void check_overlap(size_t number, size_t path) {
    const EndpointRow& row = endpoints_[number];
    for (size_t i = 0; i <= number; ++i) {
      const EndpointRow& other = endpoints_[i];
      if (!other.served || !other.endpoint.methods.overlap(row.endpoint.methods)) continue;
      const size_t before = i == number ? path : other.endpoint.paths.size();
      for (size_t k = 0; k < before; ++k) {
        if (!paths_overlap(row.endpoint.paths[path], other.endpoint.paths[k])) continue;
        problems_.error(row.path_lines[path],
                        fmt::format("[[endpoint]] \"{}\" paths: {} takes the same requests as {} of endpoint \"{}\"",
                                    row.endpoint.name, row.endpoint.paths[path].text, other.endpoint.paths[k].text,
                                    other.endpoint.name));
      }
    }
  }

  DialectProblems& problems_;
  TableReader root_;
  SwitchTable switches_;
  std::vector<std::string_view> handlers_;
  Dialect dialect_;
  std::vector<HeaderRow> headers_;
  ErrorRows errors_;
  std::vector<ErrorSet> error_sets_;
  std::vector<std::string_view> error_set_names_;
  std::vector<WhenRow> when_;
  std::vector<EndpointRow> endpoints_;
  ErrorIndexes plain_{};
  std::array<const std::vector<HeaderRow>*, 1> plain_headers_{};
  std::vector<const std::vector<HeaderRow>*> on_headers_;
  std::vector<const ErrorRows*> on_errors_;
};

}  // namespace

std::expected<ReadDialect, std::vector<DialectProblem>> read_dialect(std::string_view text, std::string_view file,
                                                                     const DialectFileOptions& options) {
  DialectProblems problems(file);
  if (text.size() > kDialectFileSizeMax) {
    problems.error(0, fmt::format("a dialect's file has at most 64 KiB, not {} octets", text.size()));
    return std::unexpected(problems.take_errors());
  }
  const auto root = parse_toml(text);
  if (!root) {
    problems.error(root.error().line, root.error().text);
    return std::unexpected(problems.take_errors());
  }
  Dialect dialect = FileReader(*root, problems, options).read();
  if (problems.has_errors()) return std::unexpected(problems.take_errors());
  return ReadDialect{std::move(dialect), problems.take_warnings()};
}

}  // namespace signet
