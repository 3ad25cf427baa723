#include "tools/ctl/audit_until.h"

#include <ctime>

#include "tools/ctl/time_text.h"

namespace signet::ctl {

void AuditUntil::bind(Arguments& arguments) {
  arguments.option("--before", "TIME", before, "Records from before then (RFC 3339)");
  arguments.option("--older-than", "DURATION", older_than, "Records that are older: 90d, 12h, 30m or 45s");
}

std::expected<UnixMs, Failure> AuditUntil::instant() const {
  if (before.has_value() == older_than.has_value()) {
    return std::unexpected(usage_failure("say up to where: --before TIME, or --older-than DURATION"));
  }
  if (before) {
    const auto at = parse_rfc3339(*before);
    if (!at) return std::unexpected(usage_failure("--before: expected a time such as 2030-01-31T12:00:00Z"));
    return *at;
  }
  const auto seconds = parse_duration(*older_than);
  if (!seconds) return std::unexpected(usage_failure("--older-than: expected a duration such as 90d, 12h, 30m or 45s"));
  return (static_cast<UnixMs>(std::time(nullptr)) - *seconds) * 1000;
}

}  // namespace signet::ctl
