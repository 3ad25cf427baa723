#include "daemon/failed_authentication_log.h"

#include <array>

#include "daemon/log.h"
#include "daemon/log_sample.h"
#include "protocol/base/digest.h"

namespace signet {
namespace {

thread_local LogSample t_sample(kFailedAuthenticationLinesPerSecond);

std::string_view digest_prefix(std::string_view text, std::array<char, 16>& out) {
  const Sha256Digest digest = sha256(as_bytes(text));
  for (size_t i = 0; i < out.size(); ++i) {
    out[i] = "0123456789abcdef"[(i % 2 == 0 ? digest[i / 2] >> 4 : digest[i / 2]) & 15];
  }
  return {out.data(), out.size()};
}

}  // namespace

void log_failed_authentication(AuthFailure reason, std::string_view client_id, std::string_view peer_address) {
  const std::optional<LogSample::LeftOut> left_out = t_sample.admit();
  if (!left_out) return;
  // What names no client may be a secret in the wrong place: only a digest prefix of it is logged.
  std::array<char, 16> digest;
  const bool known = reason == AuthFailure::kWrongSecret || reason == AuthFailure::kDisabled;
  const std::string_view shown =
      known || client_id.empty() ? client_id.substr(0, 128) : digest_prefix(client_id, digest);
  log_event(LogLevel::kWarning, "authentication_failed",
            {{"reason", auth_failure_name(reason)},
             {known ? "client_id" : "client_id_sha256_prefix", shown},
             {"peer", peer_address},
             {"left_out", left_out->text()}});
}

}  // namespace signet
