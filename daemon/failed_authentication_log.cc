#include "daemon/failed_authentication_log.h"

#include <charconv>
#include <ctime>

#include "daemon/log.h"

namespace signet {
namespace {

struct Sample {
  time_t second = 0;
  unsigned lines = 0;
  unsigned left_out = 0;
};
thread_local Sample t_sample;

}  // namespace

void log_failed_authentication(AuthFailure reason, std::string_view client_id, std::string_view peer_address) {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  if (now.tv_sec != t_sample.second) {
    t_sample.second = now.tv_sec;
    t_sample.lines = 0;
  }
  if (t_sample.lines == kFailedAuthenticationLinesPerSecond) {
    ++t_sample.left_out;
    return;
  }
  ++t_sample.lines;
  char left_out[12];
  const auto end = std::to_chars(left_out, left_out + sizeof left_out, t_sample.left_out).ptr;
  log_event(LogLevel::kWarning, "authentication_failed",
            {{"reason", auth_failure_name(reason)},
             {"client_id", client_id.substr(0, 128)},
             {"peer", peer_address},
             {"left_out", {left_out, static_cast<size_t>(end - left_out)}}});
  t_sample.left_out = 0;
}

}  // namespace signet
