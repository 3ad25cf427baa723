// signetctl audit verify: follows the chain of hashes through the whole audit log and the log of issued tokens, or
// through an export.
#include <fmt/format.h>

#include <filesystem>

#include "tools/ctl/audit_export_file.h"
#include "tools/ctl/audit_pages.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/import/progress.h"
#include "tools/ctl/issuance_files.h"

namespace signet::ctl {
namespace {

uint64_t octets_of(const std::vector<std::string>& paths) {
  uint64_t octets = 0;
  for (const std::string& path : paths) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (!error) octets += size;
  }
  return octets;
}

Outcome verify_file(Call& call, const std::string& path) {
  Progress progress(call.streams().err, octets_of({path}));
  const auto end = read_audit_export(path, [&](uint64_t octets) { progress.update(octets); });
  progress.clear();
  if (!end) return std::unexpected(end.error());
  if (call.json()) {
    call.print_json(compose_json([&](JsonWriter& to) {
      to.begin_object();
      to.key("first"), to.unsigned_integer(end->first);
      to.key("last"), to.unsigned_integer(end->last);
      to.member("before_hash", end->before_hash);
      to.member("hash", end->hash);
      to.member("chain", end->chain);
      to.end_object();
    }));
  } else {
    call.note(
        fmt::format("{}: records {} to {}, each line following from the one before; the last record's hash is {}, "
                    "the last line's {}",
                    path, end->first, end->last, end->hash, end->chain));
  }
  return {};
}

// The daemon's answer without the records that came with its last page.
std::string summary_json(const JsonValue& body) {
  return compose_json([&](JsonWriter& to) {
    to.begin_object();
    for (const JsonMember& member : *body.as_object()) {
      to.key_text(member.name);
      member.name == "records" ? write_value(to, JsonValue(JsonValue::Array())) : write_value(to, member.value);
    }
    to.end_object();
  });
}

Outcome verify_issuance(Call& call, const std::string& directory, const IssuancePlaces& places) {
  const auto paths = issuance_paths(directory);
  if (paths.empty() && places.places().empty()) return {};
  Progress progress(call.streams().err, octets_of(paths));
  const auto report = check_issuance_files(paths, places.places(), [&](uint64_t octets) { progress.update(octets); });
  progress.clear();
  if (!report) return std::unexpected(report.error());
  if (!report->fault.empty()) return std::unexpected(Failure{"log of issued tokens: " + report->fault});
  if (!call.json()) {
    call.note(
        fmt::format("log of issued tokens: lines {} to {} in {} files, each following from the one before; the "
                    "last one's hash is {}",
                    report->first, report->last, report->files, report->chain));
  }
  return {};
}

}  // namespace

Outcome audit_verify(Call& call) {
  Arguments arguments = call.new_arguments();
  std::optional<std::string> file;
  arguments.option("--file", "FILE", file, "Check an export instead; no daemon is needed");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  if (file) return verify_file(call, *file);
  // What the log of issued tokens is compared with comes on the way: the chain is followed over every record all the
  // same.
  IssuancePlaces places;
  const auto last = read_audit_log(call, "&what=issuance-log.", [&](const AuditPage& page) {
    for (const JsonValue& record : *page.records) places.take(record);
  });
  if (!last) return std::unexpected(last.error());
  if (call.json()) call.print_json(summary_json(last->body));
  if (!last->fault.empty()) {
    return std::unexpected(Failure{fmt::format(
        "audit {}\nThe {} records before it follow from each other. Restore the data directory from a backup whose "
        "log is whole, and find out who wrote to it.",
        last->fault, last->checked_to - std::min(last->base, last->checked_to))});
  }
  if (!call.json()) {
    if (last->base != 0) {
      call.note(
          fmt::format("records up to {} were pruned; the last of them has the hash {}, which the export of them "
                      "ends with",
                      last->base, text_of(last->body, "base_hash")));
    }
    call.note(fmt::format("{} records, each following from the one before; the last one's hash is {}",
                          last->checked_to - last->base, text_of(last->body, "hash")));
  }
  return verify_issuance(call, text_of(last->body, "issuance_directory"), places);
}

}  // namespace signet::ctl
