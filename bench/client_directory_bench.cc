// The resident clients: look-up with one and with many, the cost of changes, octets per client. The number of clients
// is SIGNET_BENCH_CLIENTS (default 20,000, so that the run in the tests stays short; 1000000 for the figures that
// count).
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "keystore/clients/client_directory.h"
#include "keystore/clients/client_secret.h"

namespace signet {
namespace {

size_t many() {
  const char* text = std::getenv("SIGNET_BENCH_CLIENTS");
  return text == nullptr ? 20000 : std::strtoull(text, nullptr, 10);
}

// 20 characters.
std::string id_of(size_t n) {
  std::string digits = std::to_string(n);
  return "client-" + std::string(13 - digits.size(), '0') + digits;
}

Client client_of(size_t n, uint64_t revision) {
  Client client;
  client.client_id = id_of(n);
  client.scope = "a.read a.write b.read cd";              // 24
  client.audiences = {"https://api.example.com/orders"};  // 30
  client.secrets.resize(1);
  client.secrets[0].hash.fill(static_cast<uint8_t>(n));
  client.revision = revision;
  return client;
}

// Made once and kept: a million clients take half a second.
struct Loaded {
  explicit Loaded(size_t count) : clients(count) {
    directory.load_reserve(count);
    for (size_t i = 0; i < count; ++i) directory.load(client_of(i, 1));
  }
  QuiescentDomain domain;
  ClientDirectory directory{domain};
  size_t clients;
};

Loaded& loaded(size_t count) {
  static Loaded one(1);
  static Loaded rest(many());
  return count == 1 ? one : rest;
}

void find(benchmark::State& state, bool uniform) {
  Loaded& all = loaded(uniform ? many() : 1);
  std::minstd_rand random(42);
  std::vector<std::string> ids;
  for (int i = 0; i < 1 << 16; ++i) ids.push_back(id_of(random() % all.clients));
  size_t next = 0;
  for (auto _ : state) {
    const ClientRecord* record = all.directory.find(0, ids[next++ & 0xFFFF]);
    // What issuance reads of it.
    benchmark::DoNotOptimize(record->secret(0).hash[0] + record->scope().back() + record->audience(0).back());
  }
  state.counters["octets/client"] =
      static_cast<double>(all.directory.resident_bytes()) / static_cast<double>(all.clients);
}
void find_one(benchmark::State& state) { find(state, false); }
void find_uniform_of_many(benchmark::State& state) { find(state, true); }
BENCHMARK(find_one);
BENCHMARK(find_uniform_of_many);

void find_unknown(benchmark::State& state) {
  Loaded& all = loaded(many());
  size_t next = 0;
  for (auto _ : state) benchmark::DoNotOptimize(all.directory.find(1, id_of(next++)));
}
BENCHMARK(find_unknown);

// Replaces `range` clients in one call, as a change or a chunk of an import does.
void apply(benchmark::State& state) {
  Loaded& all = loaded(many());
  std::minstd_rand random(43);
  std::vector<Client> clients;
  for (int64_t i = 0; i < state.range(0); ++i) clients.push_back(client_of(random() % all.clients, 2));
  std::vector<ClientDirectory::Change> changes;
  for (const auto& client : clients) changes.push_back({0, client.client_id, &client});
  for (auto _ : state) all.directory.apply(changes);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(apply)->Arg(1)->Arg(10000)->Unit(benchmark::kMicrosecond);

void verify_secret(benchmark::State& state) {
  if (!digest_start()) return state.SkipWithError("no crypto library");
  const HashKey key{1, 2, 3};
  const Pepper pepper(1, {&key, 1});
  Client client = client_of(1, 1);
  const std::string secret = generate_client_secret();
  client.secrets = {pepper.hash(0, client.client_id, secret, 0)};
  QuiescentDomain domain;
  ClientDirectory directory(domain);
  directory.load(client);
  const ClientRecord* known = state.range(0) == 0 ? nullptr : directory.find(0, client.client_id);
  for (auto _ : state) benchmark::DoNotOptimize(pepper.verify(known, 0, client.client_id, secret));
}
BENCHMARK(verify_secret)->Arg(0)->Arg(1);

}  // namespace
}  // namespace signet

BENCHMARK_MAIN();
