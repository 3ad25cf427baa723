#include "daemon/rate_limit_log.h"

#include <optional>

#include "daemon/log.h"
#include "daemon/log_sample.h"

namespace signet {
namespace {

thread_local LogSample t_sample(kRateLimitLinesPerSecond);

}  // namespace

void log_rate_limited(RateLimitKind kind, std::string_view client_id, std::string_view peer_address) {
  const std::optional<LogSample::LeftOut> left_out = t_sample.admit();
  if (!left_out) return;
  log_event(LogLevel::kWarning, "rate_limited",
            {{"limit", rate_limit_name(kind)},
             {"client_id", client_id},
             {"peer", peer_address},
             {"left_out", left_out->text()}});
}

}  // namespace signet
