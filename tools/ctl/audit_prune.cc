// signetctl audit prune: drops the front of the audit log, once an export of it is in a safe place.
#include <fmt/format.h>

#include "tools/ctl/audit_export_file.h"
#include "tools/ctl/audit_until.h"
#include "tools/ctl/commands.h"

namespace signet::ctl {
namespace {

// The last record to drop: of the export, once that was checked as a whole, or by time.
std::expected<uint64_t, Failure> last_to_drop(Call& call, const std::optional<std::string>& file,
                                              const AuditUntil& until) {
  if (file) {
    const auto end = read_audit_export(*file, {});
    if (!end) return std::unexpected(end.error());
    return end->last;
  }
  const auto instant = until.instant();
  if (!instant) return std::unexpected(instant.error());
  return last_audit_record_before(call, *instant);
}

}  // namespace

Outcome audit_prune(Call& call) {
  Arguments arguments = call.new_arguments();
  AuditUntil until;
  std::optional<std::string> file;
  bool lose = false;
  arguments.option("--export", "FILE", file, "Drop what this export holds, after checking the file as a whole");
  until.bind(arguments);
  arguments.flag("--lose-records", lose, "Without an export: what is dropped is gone for good");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  if (file && (until.given() || lose)) {
    return std::unexpected(usage_failure("--export says what to drop: neither a time nor --lose-records beside it"));
  }
  if (!file && !lose) {
    return std::unexpected(
        usage_failure("name an export with --export FILE (signetctl audit export makes one), or "
                      "accept the loss with --lose-records and a time"));
  }
  const auto last = last_to_drop(call, file, until);
  if (!last) return std::unexpected(last.error());
  if (*last == 0) return std::unexpected(Failure{"there are no audit records from before then: nothing was dropped"});
  const auto answer = call.admin().call("POST", "/v1/audit/prune", compose_json([&](JsonWriter& to) {
                                          to.begin_object();
                                          to.key("last"), to.unsigned_integer(*last);
                                          if (lose) to.member_boolean("without_export", true);
                                          to.end_object();
                                        }));
  if (!answer) return std::unexpected(answer.error());
  const auto body = read_answer(answer->body);
  if (!body) return std::unexpected(body.error());
  if (call.json()) {
    call.print_json(compact_json(*body));
  } else {
    call.note(fmt::format("{} records were dropped; the log begins behind record {}", number_of(*body, "dropped"),
                          number_of(*body, "last")));
  }
  return {};
}

}  // namespace signet::ctl
