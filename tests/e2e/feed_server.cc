// A server with workers of the daemon's own and revocations on command, for the follower's test. Reads lines from
// standard input, answers each with one line, ends with the input. Client `rs` follows, client `load` may have tokens;
// both have the secret below.
//
//   feed_server DATA PORT
//   revoke KIND VALUE ISSUED_BEFORE_MS EXP_S    ->  the entry's sequence, or 0 when it was revoked already
#include <cstdio>
#include <future>
#include <iostream>
#include <sstream>
#include <string>

#include "daemon/log.h"
#include "daemon/worker.h"
#include "keystore/signing/signing_start.h"
#include "protocol/base/check.h"
#include "protocol/base/digest.h"

namespace signet {
namespace {

constexpr size_t kWorkers = 2;
constexpr std::string_view kSecret = "the-secret-of-the-follower";
const AuditActor kActor{.via = "test"};

template <typename T, typename Start>
std::expected<T, StoreError> await(const Start& start) {
  std::promise<std::expected<T, StoreError>> promise;
  start([&promise](std::expected<T, StoreError> done) { promise.set_value(std::move(done)); });
  return promise.get_future().get();
}

// False when it is there from an earlier start.
bool add_client(Keystore& keystore, Client client) {
  client.secrets = {keystore.pepper().hash(0, client.client_id, kSecret, 1'700'000'000)};
  return await<Client>([&](auto done) { keystore.store().add_client(kActor, std::move(client), done); }).has_value();
}

std::unique_ptr<Keystore> open_keystore(const std::string& data, const std::string& issuer) {
  auto opened = Keystore::open(
      {.data_dir = data, .key_file = data + ".key", .create = true, .workers = kWorkers, .issuer = issuer});
  if (!opened) {
    std::fprintf(stderr, "%s\n", opened.error().text.c_str());
    std::exit(1);
  }
  Keystore& keystore = **opened;
  const bool first = add_client(keystore, {.client_id = "rs", .grants = 0, .flags = kClientFeed});
  add_client(keystore, {.client_id = "load", .scope = "a"});
  if (first) {
    const auto key =
        await<KeyRow>([&](auto done) { keystore.generate_key(kActor, 0, JwsAlgorithm::kEdDSA, "", 0, done); });
    SIGNET_CHECK(key.has_value());
  }
  return std::move(*opened);
}

std::string revoke(Keystore& keystore, std::istringstream& line) {
  std::string kind;
  Revocation revocation;
  line >> kind >> revocation.value >> revocation.issued_before_ms >> revocation.expires_at;
  const auto named = revocation_kind_named(kind);
  if (!line || !named) return "malformed";
  revocation.kind = *named;
  if (revocation.value == "-") revocation.value.clear();
  const auto done =
      await<RevocationOutcome>([&](auto d) { keystore.store().revoke(kActor, std::move(revocation), d); });
  return done ? std::to_string(done->sequence) : done.error().text;
}

int run(const std::string& data, uint16_t port) {
  SIGNET_CHECK(signing_start() && digest_start());
  auto keystore = open_keystore(data, "http://127.0.0.1:" + std::to_string(port));
  ServiceShared shared{ServiceSettings{}};
  shared.ready = true;
  std::vector<std::unique_ptr<Worker>> workers;
  for (size_t index = 0; index < kWorkers; ++index) {
    workers.push_back(std::make_unique<Worker>(WorkerSetup{.keystore = *keystore,
                                                           .shared = shared,
                                                           .index = index,
                                                           .listen = {{.host = "127.0.0.1", .port = port}},
                                                           .reuse_port = true,
                                                           .limits = {},
                                                           .trusted_proxies = {},
                                                           .on_end = {}}));
    const std::string error = workers.back()->wait_listening();
    SIGNET_CHECK(error.empty());
  }
  std::cout << "ready" << std::endl;
  for (std::string text; std::getline(std::cin, text);) {
    std::istringstream line(text);
    std::string command;
    line >> command;
    std::cout << (command == "revoke" ? revoke(*keystore, line) : "malformed") << std::endl;
  }
  for (const auto& worker : workers) worker->drain(5'000);
  for (const auto& worker : workers) worker->join();
  keystore->close();
  workers.clear();
  return 0;
}

}  // namespace
}  // namespace signet

int main(int count, char** arguments) {
  if (count != 3) return 2;
  return signet::run(arguments[1], static_cast<uint16_t>(std::stoi(arguments[2])));
}
