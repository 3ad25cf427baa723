// signetctl audit verify: follows the chain of hashes through the whole audit log.
#include <fmt/format.h>

#include "tools/ctl/audit_pages.h"
#include "tools/ctl/commands.h"

namespace signet::ctl {

Outcome audit_verify(Call& call) {
  Arguments arguments = call.new_arguments();
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  const auto last = read_audit_log(call, "&check=chain", [](const AuditPage&) {});
  if (!last) return std::unexpected(last.error());
  if (call.json()) call.print_json(compact_json(last->body));
  if (!last->fault.empty()) {
    return std::unexpected(Failure{fmt::format(
        "audit {}\nThe {} records before it follow from each other. Restore the data directory from a backup whose "
        "log is whole, and find out who wrote to it.",
        last->fault, last->checked_to)});
  }
  if (!call.json()) {
    call.note(fmt::format("{} records, each following from the one before; the last one's hash is {}", last->checked_to,
                          text_of(last->body, "hash")));
  }
  return {};
}

}  // namespace signet::ctl
