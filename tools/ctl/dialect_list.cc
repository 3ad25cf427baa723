// signetctl dialect list
#include "tools/ctl/client_options.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/table.h"

namespace signet::ctl {
namespace {

// The switches that are on, by name.
std::string switches_of(const JsonValue& dialect) {
  std::string text;
  const JsonValue* switches = dialect.find("switches");
  if (switches == nullptr || switches->as_object() == nullptr) return "-";
  for (const JsonMember& one : *switches->as_object()) {
    if (!one.value.as_boolean().value_or(false)) continue;
    if (!text.empty()) text += ' ';
    text += one.name;
  }
  return text.empty() ? "-" : text;
}

std::string first_path_of(const JsonValue& dialect) {
  const JsonValue* paths = dialect.find("paths");
  if (paths == nullptr || paths->as_array() == nullptr || paths->as_array()->empty()) return "-";
  const std::string* first = paths->as_array()->front().as_string();
  const size_t others = paths->as_array()->size() - 1;
  std::string text = first == nullptr ? "-" : *first;
  if (others > 0) text += " +" + std::to_string(others);
  return text;
}

std::string or_dash(std::string text) { return text.empty() ? "-" : std::move(text); }

}  // namespace

Outcome dialect_list(Call& call) {
  Arguments arguments = call.new_arguments();
  std::optional<std::string> tenant;
  arguments.option("--tenant", "TENANT", tenant, "Tenant whose keys are shown; `default` when not given");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  const auto answer = call.admin().call("GET", with_tenant("/v1/dialects", tenant));
  if (!answer) return std::unexpected(answer.error());
  const auto body = read_answer(answer->body);
  if (!body) return std::unexpected(body.error());
  const JsonValue* dialects = body->find("dialects");
  if (dialects == nullptr || dialects->as_array() == nullptr) {
    return std::unexpected(Failure{"the daemon's answer has no list of dialects"});
  }
  if (call.json()) {
    call.print_json(compact_json(*body));
    return {};
  }
  Table table({{"DIALECT"}, {"SYSTEM"}, {"ALG"}, {"KEY"}, {"SWITCHED ON"}, {"PATHS"}});
  for (const JsonValue& dialect : *dialects->as_array()) {
    table.add_row({text_of(dialect, "name"), text_of(dialect, "title"), or_dash(text_of(dialect, "alg")),
                   or_dash(text_of(dialect, "kid")), switches_of(dialect), first_path_of(dialect)});
  }
  if (table.empty()) {
    call.note("no dialects: `dialects` and `dialect_dir` in the configuration say which are served");
  } else {
    call.print(table.render());
  }
  return {};
}

}  // namespace signet::ctl
