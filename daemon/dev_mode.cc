#include "daemon/dev_mode.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <future>
#include <string_view>
#include <vector>

#include "daemon/secret_file.h"
#include "keystore/clients/client_secret.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

const AuditActor kActor{
    .uid = static_cast<uint32_t>(::getuid()), .pid = static_cast<uint32_t>(::getpid()), .via = "dev"};

constexpr std::string_view kDemoClient = "demo";
constexpr std::string_view kDemoResourceServer = "demo-rs";

// What asynchronous work ended with; the text is empty when it went well.
using Outcome = std::future<std::string>;

template <typename T>
std::pair<StoreDone<T>, Outcome> completion() {
  auto promise = std::make_shared<std::promise<std::string>>();
  Outcome outcome = promise->get_future();
  StoreDone<T> done = [promise](std::expected<T, StoreError> result) {
    promise->set_value(result ? std::string() : result.error().text);
  };
  return {std::move(done), std::move(outcome)};
}

// What the snapshots lack, as copies. No registered reader vouches for this thread, so a pointer into a snapshot is
// good only until the first change is submitted: whoever publishes after that frees what was there before.
struct Missing {
  std::vector<JwsAlgorithm> keys;
  bool has_client = false;
  bool has_resource_server = false;
};

Missing find_missing(const Keystore& keystore) {
  Missing missing;
  const TenantKeys* tenant = keystore.keys().tenant(0);
  // The slow ones last, so that the others are not behind them.
  for (auto algorithm : {JwsAlgorithm::kEdDSA, JwsAlgorithm::kES256, JwsAlgorithm::kPS256, JwsAlgorithm::kRS256}) {
    if (tenant == nullptr || tenant->active(algorithm, {}) == nullptr) missing.keys.push_back(algorithm);
  }
  missing.has_client = keystore.clients().find(0, kDemoClient) != nullptr;
  missing.has_resource_server = keystore.clients().find(0, kDemoResourceServer) != nullptr;
  return missing;
}

void make_keys(Keystore& keystore, const std::vector<JwsAlgorithm>& algorithms, std::vector<Outcome>& outcomes) {
  for (JwsAlgorithm algorithm : algorithms) {
    auto [done, outcome] = completion<KeyRow>();
    keystore.generate_key(kActor, 0, {.algorithm = algorithm}, std::move(done));
    outcomes.push_back(std::move(outcome));
  }
}

Client demo_client() {
  return {.client_id = std::string(kDemoClient),
          .grants = kGrantClientCredentials | kGrantRefreshToken,
          .scope = "a.read a.write b.read",
          .audiences = {"urn:demo"}};
}

Client demo_resource_server() {
  return {.client_id = std::string(kDemoResourceServer), .grants = 0, .flags = kClientFeed | kClientIntrospectAll};
}

ClientUpdate replace_secrets(const ClientSecret& secret) {
  ClientUpdate update;
  update.secrets = {secret};
  update.what = "client.rotate-secret";
  return update;
}

// The file holds the secret before the client does, so that a stop between the two loses nothing.
std::string make_client(Keystore& keystore, Client client, bool exists, const std::string& data_dir,
                        std::vector<Outcome>& outcomes) {
  std::string path = fmt::format("{}/{}-secret", data_dir, client.client_id);
  auto kept = read_secret_file(path);
  if (!kept) return kept.error();
  bool usable = valid_client_secret(*kept);
  if (exists && usable) return {};  // goes on with what is there
  std::string secret = usable ? *kept : generate_client_secret();
  if (!usable) {
    if (std::string error = write_secret_file(path, secret); !error.empty()) return error;
  }
  UnixSeconds now = static_cast<UnixSeconds>(::time(nullptr));
  ClientSecret hashed = keystore.pepper().hash(0, client.client_id, secret, now);
  wipe_text(secret);
  auto [done, outcome] = completion<Client>();
  outcomes.push_back(std::move(outcome));
  if (exists) {
    keystore.store().update_client(kActor, 0, client.client_id, replace_secrets(hashed), std::move(done));
  } else {
    client.created_at = now;
    client.secrets = {hashed};
    keystore.store().add_client(kActor, std::move(client), std::move(done));
  }
  return {};
}

}  // namespace

Config dev_config(const Options& options) {
  Config config;
  config.dev = true;
  config.data_dir = options.data_dir;
  config.key_file = options.data_dir + "/vault.key";
  config.start_sealed = options.sealed;
  config.listen = {fmt::format("127.0.0.1:{}", options.port)};
  config.console_listen = {fmt::format("127.0.0.1:{}", options.port + 1)};
  config.issuer = fmt::format("http://127.0.0.1:{}", options.port);
  config.workers = options.workers;
  config.signer = options.signer;
  config.refresh_grace_s = 10;
  config.dialects = {"*"};
  config.dialect_switches = {"datafor.short_keys=on"};  // the published sample has a secret of four octets
  config.dialect_dir = options.data_dir + "/dialects";
  config.limits.connections_per_address_max = 0;  // everything comes from one address
  config.client_rate_per_s = config.address_rate_per_s = config.failed_authentication_rate_per_s = 0;
  return config;
}

std::expected<void, std::string> prepare_dev(Keystore& keystore, const std::string& data_dir) {
  std::vector<Outcome> outcomes;
  const Missing missing = find_missing(keystore);
  make_keys(keystore, missing.keys, outcomes);
  std::string error = make_client(keystore, demo_client(), missing.has_client, data_dir, outcomes);
  if (error.empty()) {
    error = make_client(keystore, demo_resource_server(), missing.has_resource_server, data_dir, outcomes);
  }
  for (Outcome& outcome : outcomes) {  // all of them, so that no completion outlives what it answers to
    std::string text = outcome.get();
    if (error.empty()) error = text;
  }
  if (!error.empty()) return std::unexpected(error);
  return {};
}

}  // namespace signet
