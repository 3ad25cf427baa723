// Whole issuance in process, without sockets: a parsed request in, the complete HTTP answer out. Against HTTP-less
// figures of the signature alone (signing_bench) this shows what Signet itself adds.
#include <benchmark/benchmark.h>

#include <thread>

#include "daemon/service/service.h"
#include "keystore/signing/lanes/lane_dispatch.h"
#include "tests/support/exchange.h"
#include "tests/support/memory_keystore.h"

namespace signet {
namespace {

constexpr std::string_view kSecret = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
constexpr size_t kWorkers = 2;
constexpr int kGroup = 8;  // requests of one loop iteration

struct World {
  World() : shared(ServiceSettings{}), keystore(kWorkers) {
    for (const JwsAlgorithm algorithm : kAllJwsAlgorithms) {
      keystore.add_key(algorithm, is_symmetric(algorithm) ? "urn:demo" : "");
      Client client;
      client.client_id = "client-" + std::string(jws_algorithm_name(algorithm));
      client.scope = "a.read a.write b.read";
      client.audiences = {"urn:demo"};
      client.algorithm = algorithm;
      keystore.add_client(client, kSecret);
    }
  }
  ServiceShared shared;
  MemoryKeystore keystore;
};

World& world() {
  static const bool started = signing_start() && digest_start();
  if (!started) std::abort();
  static const lanes::LaneState lane_state = lanes::start_lanes({});  // as the daemon does
  if (lane_state == lanes::LaneState::kSelfTestFailed) std::abort();
  static World one;
  return one;
}

void issue(benchmark::State& state, JwsAlgorithm algorithm) {
  World& all = world();
  WorkerMetrics metrics;
  const auto service =
      std::make_unique<Service>(all.keystore, static_cast<size_t>(state.thread_index()), metrics, all.shared, 1024);
  RecordingResponder responder;
  FormRequest request("/oauth2/token", "grant_type=client_credentials",
                      basic_authorization("client-" + std::string(jws_algorithm_name(algorithm)), kSecret));
  for (auto _ : state) {
    for (int i = 0; i < kGroup; ++i) {
      request.fresh().arrived_ns = monotonic_ns();
      service->on_request(request.fresh(), responder);
    }
    while (service->after_poll(responder)) {
    }
  }
  if (responder.status != 200) state.SkipWithError(responder.body.c_str());
  state.SetItemsProcessed(state.iterations() * kGroup);
  state.counters["answer_bytes"] = static_cast<double>(responder.body.size());
}

void refuse(benchmark::State& state, std::string_view client_id, std::string_view secret) {
  World& all = world();
  WorkerMetrics metrics;
  const auto service = std::make_unique<Service>(all.keystore, 0, metrics, all.shared, 1024);
  RecordingResponder responder;
  FormRequest request("/oauth2/token", "grant_type=client_credentials", basic_authorization(client_id, secret));
  for (auto _ : state) service->on_request(request.fresh(), responder);
  if (responder.status != 401) state.SkipWithError(responder.body.c_str());
  state.SetItemsProcessed(state.iterations());
}

void register_all() {
  for (const JwsAlgorithm algorithm : kAllJwsAlgorithms) {
    const std::string name = "Issuance/" + std::string(jws_algorithm_name(algorithm));
    benchmark::RegisterBenchmark(name.c_str(), issue, algorithm)->Threads(1)->Threads(2)->UseRealTime();
  }
  benchmark::RegisterBenchmark("Refusal/unknown_client", refuse, "nobody-EdDSA", kSecret);
  benchmark::RegisterBenchmark("Refusal/wrong_secret", refuse, "client-EdDSA", "wrong");
}

}  // namespace
}  // namespace signet

int main(int argc, char** argv) {
  signet::register_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
