// signetctl backup create, stop, accept: what the daemon does.
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "tools/ctl/backup/backup_text.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/import/progress.h"
#include "tools/ctl/json_text.h"

namespace signet::ctl {
namespace {

uint64_t number_of(const JsonValue& body, std::string_view name) {
  const JsonValue* value = body.find(name);
  const auto number = value == nullptr ? std::nullopt : value->as_integer();
  return number && *number > 0 ? static_cast<uint64_t>(*number) : 0;
}

// Asks until it is over; gives the last answer.
std::expected<JsonValue, Failure> follow(Call& call, JsonValue status) {
  constexpr std::chrono::milliseconds kPause{100};
  std::optional<Progress> progress;
  while (text_of(status, "state") == "running") {
    const uint64_t about = number_of(status, "about");
    if (about != 0 && !progress) progress.emplace(call.streams().err, about);
    if (progress) progress->update(std::min(number_of(status, "copied"), about));
    std::this_thread::sleep_for(kPause);
    const auto answer = call.admin().call("GET", "/v1/backups");
    if (!answer) return std::unexpected(answer.error());
    auto body = read_answer(answer->body);
    if (!body) return body;
    status = *std::move(body);
  }
  if (progress) progress->clear();
  return status;
}

}  // namespace

Outcome backup_create(Call& call) {
  Arguments arguments = call.new_arguments();
  std::string directory;
  std::optional<std::string> keep;
  arguments.positional("DIR", directory, "Directory of the backups, as the daemon sees it; made when absent");
  arguments.option("--keep", "N", keep, "Remove older backups in it, so that N remain");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  if (directory.empty()) return std::unexpected(usage_failure("DIR: expected a directory"));
  const auto kept = keep ? backup_number(*keep) : std::optional<uint32_t>(0);
  if (!kept || (keep && *kept == 0)) return std::unexpected(usage_failure("--keep: expected a number, 1 or more"));
  const auto full = std::filesystem::absolute(directory).lexically_normal().string();
  const std::string body = compose_json([&](JsonWriter& to) {
    to.begin_object();
    to.member("directory", full);
    if (keep) to.member_integer("keep", *kept);
    to.end_object();
  });
  const auto answer = call.admin().call("POST", "/v1/backups", body);
  if (!answer) return std::unexpected(answer.error());
  auto begun = read_answer(answer->body);
  if (!begun) return std::unexpected(begun.error());
  const auto ended = follow(call, *std::move(begun));
  if (!ended) return std::unexpected(ended.error());
  if (text_of(*ended, "state") != "done") {
    return std::unexpected(Failure{fmt::format("no backup was made: {}", text_of(*ended, "failure"))});
  }
  if (call.json()) {
    call.print_json(compact_json(*ended));
    return {};
  }
  call.note(fmt::format("backup {} in {}: commit {}, {} in {} files", text_of(*ended, "number"), full,
                        text_of(*ended, "commit"), octets_text(number_of(*ended, "octets")), text_of(*ended, "files")));
  call.note(
      "What opens the vault (key file, passphrase, shares) is not in it: keep that elsewhere, and together with "
      "nothing else.");
  return {};
}

Outcome backup_stop(Call& call) {
  Arguments arguments = call.new_arguments();
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  const auto answer = call.admin().call("POST", "/v1/backups/stop", "{}");
  if (!answer) return std::unexpected(answer.error());
  const auto body = read_answer(answer->body);
  if (!body) return std::unexpected(body.error());
  if (call.json()) {
    call.print_json(compact_json(*body));
  } else {
    call.note(text_of(*body, "state") == "running" ? "the backup ends without a result" : "no backup is being made");
  }
  return {};
}

Outcome backup_accept(Call& call) {
  Arguments arguments = call.new_arguments();
  bool yes = false;
  arguments.flag("--yes", yes, "Do not ask");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  if (!yes && !call.confirm("Let every API token of the backup hold again? One that was removed after the backup was "
                            "made would be valid: see signetctl api-key list.")) {
    return std::unexpected(Failure{"nothing was accepted"});
  }
  const auto answer = call.admin().call("POST", "/v1/backups/accept", "{}");
  if (!answer) return std::unexpected(answer.error());
  const auto body = read_answer(answer->body);
  if (!body) return std::unexpected(body.error());
  if (call.json()) {
    call.print_json(compact_json(*body));
  } else {
    call.note(text_of(*body, "accepted") == "yes" ? "API tokens of before the restore hold again"
                                                  : "no API token was suspended");
  }
  return {};
}

}  // namespace signet::ctl
