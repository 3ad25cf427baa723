// Fills the store of a daemon that is stopped, through the Store interface, so that it can be measured full:
//
//     fill_store revocations DATA_DIR KEY_FILE COUNT
//     fill_store audit DATA_DIR KEY_FILE COUNT
//     fill_store families DATA_DIR KEY_FILE COUNT CLIENT_ID [TOKENS_FILE EVERY]
//
// The revocations are of single tokens with a day to live; the refresh tokens of every so many families go into the
// file. Says how long it took; exit 1 when it cannot.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <fstream>
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
  return base64url_text(octets);
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

void fill_audit(Store& store, uint64_t count, InFlight& flight) {
  for (uint64_t i = 0; i < count; ++i) {
    flight.take();
    store.append_audit({.uid = 1000, .pid = 4711, .via = "bench"}, "bench.note",
                       fmt::format(R"({{"number":{},"text":"{}"}})", i, random_jti()),
                       [&flight](auto result) { flight.give(result.has_value()); });
  }
  flight.wait();
}

int fail(std::string_view text) {
  fmt::print(stderr, "fill_store: {}\n", text);
  return 1;
}

// A refresh token is a secret: its owner's alone.
bool open_private(const char* path, std::ofstream& out) {
  const mode_t before = umask(077);
  out.open(path);
  umask(before);
  return out.good();
}

int fill(const KeystoreOptions& options, std::span<char*> arguments) {
  const std::string_view what = arguments[1];
  const uint64_t count = std::strtoull(arguments[4], nullptr, 10);
  std::ofstream tokens;
  FamilyFill families{.count = count};
  if (arguments.size() > 5) families.client_id = arguments[5];
  if (arguments.size() > 6) {
    if (!open_private(arguments[6], tokens)) return fail("the file for the tokens cannot be written");
    families.tokens = &tokens;
    families.tokens_every = std::max<uint64_t>(1, std::strtoull(arguments[7], nullptr, 10));
  }
  const auto keystore = Keystore::open(options);
  if (!keystore) return fail(keystore.error().text);
  InFlight flight;
  const auto start = std::chrono::steady_clock::now();
  if (what == "revocations") {
    fill_revocations((*keystore)->store(), count, flight);
  } else if (what == "audit") {
    fill_audit((*keystore)->store(), count, flight);
  } else {
    fill_families(**keystore, families, flight);
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  (*keystore)->close();
  if (families.tokens != nullptr && !tokens.flush()) return fail("the tokens could not be written");
  fmt::print("{} {} in {:.1f} s\n", count, what, seconds);
  return 0;
}

}  // namespace
}  // namespace signet::bench

int main(int argc, char** argv) {
  const std::span<char*> arguments(argv, static_cast<size_t>(argc));
  const std::string_view what = argc > 1 ? arguments[1] : "";
  const bool plain = what == "revocations" || what == "audit";
  const bool complete = (plain && argc == 5) || (what == "families" && (argc == 6 || argc == 8));
  if (!complete || std::strtoull(arguments[4], nullptr, 10) == 0) {
    return signet::bench::fail(
        "expected: revocations or audit DATA_DIR KEY_FILE COUNT, or families ... COUNT CLIENT_ID [TOKENS_FILE EVERY]");
  }
  return signet::bench::fill({.data_dir = arguments[2], .key_file = arguments[3], .issuer = "http://127.0.0.1"},
                             arguments);
}
