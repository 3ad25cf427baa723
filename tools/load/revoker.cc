#include "tools/load/revoker.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "protocol/base/base64url.h"
#include "tools/ctl/json_text.h"
#include "tools/load/clock.h"
#include "tools/load/schedule.h"

namespace signet::load {
namespace {

constexpr std::string_view kTarget = "/v1/revocations";
constexpr uint64_t kNapMaxNs = 50'000'000;

// Sleeps until `at_ns`; false when the run ended before.
bool sleep_until(uint64_t at_ns, uint64_t end_ns, const std::atomic<bool>& stop) {
  for (uint64_t now_ns; (now_ns = monotonic_ns()) < at_ns;) {
    if (stop.load(std::memory_order_relaxed) || now_ns >= end_ns) return false;
    std::this_thread::sleep_for(std::chrono::nanoseconds(std::min(at_ns - now_ns, kNapMaxNs)));
  }
  return !stop.load(std::memory_order_relaxed) && at_ns < end_ns;
}

}  // namespace

std::string revocation_request(std::string_view tenant, std::string_view jti) {
  return ctl::compose_json([&](JsonWriter& to) {
    to.begin_object();
    to.member("kind", "token");
    to.member("value", jti);
    if (tenant != "default") to.member("tenant", tenant);
    to.end_object();
  });
}

std::expected<std::string, std::string> jti_of(std::string_view token) {
  const size_t first = token.find('.'), second = token.find('.', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return std::unexpected("no JWT");
  const std::string_view encoded = token.substr(first + 1, second - first - 1);
  std::vector<uint8_t> decoded(base64url_decoded_size_max(encoded.size()));
  const auto size = base64url_decode(encoded, decoded);
  if (!size) return std::unexpected("no base64url");
  const auto claims = read_json({reinterpret_cast<const char*>(decoded.data()), *size}, {.allow_fractions = true});
  const std::string* jti = claims ? claims->find_string("jti") : nullptr;
  if (jti == nullptr || jti->empty()) return std::unexpected("no claim jti");
  return *jti;
}

Measurement Revoker::run(const RunTimes& times, const std::atomic<bool>& stop) {
  Measurement measurement;
  Schedule schedule(times.start_ns, 1e9 / plan_.rate);
  for (const std::string& jti : plan_.jtis) {
    const uint64_t due_ns = schedule.take();
    if (!sleep_until(due_ns, times.end_ns, stop)) break;
    const auto answer = admin_.call("POST", kTarget, revocation_request(plan_.tenant, jti));
    if (answer) {
      ++measurement.revoked;
      measurement.revocation_ns.record(monotonic_ns() - due_ns);
      continue;
    }
    ++measurement.not_revoked;
    if (measurement.first_error.empty()) measurement.first_error = "a revocation: " + answer.error().text;
  }
  // A load under fewer revocations than asked for is easier: say so.
  if (!stop.load(std::memory_order_relaxed)) {
    const auto wanted = std::min<uint64_t>(
        plan_.jtis.size(),
        static_cast<uint64_t>(static_cast<double>(times.end_ns - times.start_ns) * plan_.rate / 1e9));
    const uint64_t done = measurement.revoked + measurement.not_revoked;
    if (done + 1 < wanted) measurement.not_revoked += wanted - done;
    if (measurement.not_revoked > 0 && measurement.first_error.empty()) {
      measurement.first_error = "revocations were answered too slowly for their rate";
    }
  }
  return measurement;
}

}  // namespace signet::load
