// Fills the store of a daemon that is stopped, through the Store interface, so that it can be measured full:
//
//     fill_store revocations DATA_DIR KEY_FILE COUNT
//     fill_store families DATA_DIR KEY_FILE COUNT CLIENT_ID
//
// The revocations are of single tokens with a day to live. Says how long it took; exit 1 when it cannot.
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <span>
#include <string_view>

#include "bench/fill_families.h"
#include "bench/in_flight.h"
#include "keystore/keystore.h"
#include "protocol/base/base64url.h"
#include "protocol/base/random.h"

namespace signet::bench {
namespace {

constexpr int64_t kDayS = 86400;

std::string random_jti() {
  std::array<uint8_t, 16> octets;
  fill_random(octets);
  std::string text(base64url_encoded_size(octets.size()), '\0');
  base64url_encode(octets, text.data());
  return text;
}

void fill_revocations(Store& store, uint64_t count, InFlight& flight) {
  const UnixSeconds expires_at = static_cast<UnixSeconds>(::time(nullptr)) + kDayS;
  for (uint64_t i = 0; i < count; ++i) {
    Revocation revocation{.kind = RevocationKind::kToken, .value = random_jti(), .expires_at = expires_at};
    flight.take();
    store.revoke({.via = "bench"}, std::move(revocation), [&flight](auto result) { flight.give(result.has_value()); });
  }
  flight.wait();
}

int fail(std::string_view text) {
  fmt::print(stderr, "fill_store: {}\n", text);
  return 1;
}

int fill(std::string_view what, const KeystoreOptions& options, uint64_t count, const char* client_id) {
  const auto keystore = Keystore::open(options);
  if (!keystore) return fail(keystore.error().text);
  InFlight flight;
  const auto start = std::chrono::steady_clock::now();
  if (what == "revocations") {
    fill_revocations((*keystore)->store(), count, flight);
  } else {
    fill_families((*keystore)->store(), client_id, count, flight);
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  (*keystore)->close();
  fmt::print("{} {} in {:.1f} s\n", count, what, seconds);
  return 0;
}

}  // namespace
}  // namespace signet::bench

int main(int argc, char** argv) {
  const std::span<char*> arguments(argv, static_cast<size_t>(argc));
  const std::string_view what = argc > 1 ? arguments[1] : "";
  const bool complete = (what == "revocations" && argc == 5) || (what == "families" && argc == 6);
  const uint64_t count = complete ? std::strtoull(arguments[4], nullptr, 10) : 0;
  if (count == 0) {
    return signet::bench::fail("expected: revocations DATA_DIR KEY_FILE COUNT, or families ... COUNT CLIENT_ID");
  }
  return signet::bench::fill(what, {.data_dir = arguments[2], .key_file = arguments[3], .issuer = "http://127.0.0.1"},
                             count, argc > 5 ? arguments[5] : "");
}
