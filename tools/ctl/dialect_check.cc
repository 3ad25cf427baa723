// signetctl dialect check FILE
#include <fmt/format.h>

#include "tools/ctl/commands.h"
#include "tools/ctl/input.h"
#include "tools/ctl/json_text.h"

namespace signet::ctl {
namespace {

constexpr size_t kFileSizeMax = size_t{64} * 1024;

// "FILE:LINE: text", a line each.
std::string lines_of(const JsonValue& answer, std::string_view member, const std::string& file,
                     std::string_view label) {
  std::string text;
  const JsonValue* problems = answer.find(member);
  if (problems == nullptr || problems->as_array() == nullptr) return text;
  for (const JsonValue& problem : *problems->as_array()) {
    text += fmt::format("{}:{}: {}{}\n", file, text_of(problem, "line"), label, text_of(problem, "text"));
  }
  return text;
}

}  // namespace

Outcome dialect_check(Call& call) {
  Arguments arguments = call.new_arguments();
  std::string file;
  arguments.positional("FILE", file,
                       "The dialect's file; it is read here and compiled by the daemon, which serves nothing of it");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  const auto text = read_file(file, kFileSizeMax, "the dialect");
  if (!text) return std::unexpected(text.error());
  const std::string request = compose_json([&](JsonWriter& json) {
    json.begin_object();
    json.member("file", file);
    json.member("text", *text);
    json.end_object();
  });
  const auto answer = call.admin().call("POST", "/v1/dialects/check", request);
  if (!answer) return std::unexpected(answer.error());
  const auto body = read_answer(answer->body);
  if (!body) return std::unexpected(body.error());
  const JsonValue* good = body->find("good");
  const bool is_good = good != nullptr && good->as_boolean().value_or(false);
  if (call.json()) {
    call.print_json(compact_json(*body));
  } else {
    call.print(lines_of(*body, "problems", file, ""));
    call.print(lines_of(*body, "warnings", file, "warning: "));
  }
  if (!is_good) return std::unexpected(Failure{fmt::format("{} cannot be served", file)});
  if (!call.json()) call.note(fmt::format("{}: good", file));
  return {};
}

}  // namespace signet::ctl
