#include "daemon/failed_authentication_log.h"

#include <array>
#include <charconv>
#include <ctime>

#include "daemon/log.h"
#include "protocol/base/digest.h"

namespace signet {
namespace {

struct Sample {
  time_t second = 0;
  unsigned lines = 0;
  unsigned left_out = 0;
};
thread_local Sample t_sample;

std::string_view digest_prefix(std::string_view text, std::array<char, 16>& out) {
  const Sha256Digest digest = sha256(as_bytes(text));
  for (size_t i = 0; i < out.size(); ++i) {
    out[i] = "0123456789abcdef"[(i % 2 == 0 ? digest[i / 2] >> 4 : digest[i / 2]) & 15];
  }
  return {out.data(), out.size()};
}

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
  // What names no client may be a secret in the wrong place: only a digest prefix of it is logged.
  std::array<char, 16> digest;
  const bool known = reason == AuthFailure::kWrongSecret || reason == AuthFailure::kDisabled;
  const std::string_view shown =
      known || client_id.empty() ? client_id.substr(0, 128) : digest_prefix(client_id, digest);
  char left_out[12];
  const auto end = std::to_chars(left_out, left_out + sizeof left_out, t_sample.left_out).ptr;
  log_event(LogLevel::kWarning, "authentication_failed",
            {{"reason", auth_failure_name(reason)},
             {known ? "client_id" : "client_id_sha256_prefix", shown},
             {"peer", peer_address},
             {"left_out", {left_out, static_cast<size_t>(end - left_out)}}});
  t_sample.left_out = 0;
}

}  // namespace signet
