#include "tests/crash/workload.h"

#include <fmt/format.h>
#include <unistd.h>

#include <future>
#include <random>
#include <thread>

#include "keystore/store/store.h"
#include "tests/crash/found.h"
#include "tests/crash/ledger.h"

namespace signet::crash {
namespace {

constexpr int kIdsPerWorker = 30;

template <typename T>
StoreDone<T> tell(std::promise<bool>& promise) {
  return [&promise](auto result) { promise.set_value(result.has_value()); };
}

class Worker {
 public:
  Worker(Store& store, const WorkloadOptions& options, int number, Contents contents)
      : store_(store),
        fd_(options.ledger_fd),
        number_(number),
        random_(options.seed * kWorkers + static_cast<uint64_t>(number)),
        contents_(std::move(contents)) {}

  // Until an operation fails.
  void run() {
    while (true) {
      const Step step = next();
      say(begin_line(number_, step));
      if (!perform(step)) return;
      say(acknowledge_line(number_));
      contents_.apply(step);
    }
  }

 private:
  // One write: lines under PIPE_BUF are never mixed.
  void say(const std::string& line) const {
    if (write(fd_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) _exit(4);
  }

  Step next() {
    const auto dice = random_() % 20;
    if (dice == 0) return {Op::kKey, fmt::format("k{}-{:x}", number_, random_()), 0};
    if (dice == 1) return {Op::kNote, "note", 0};
    if (dice >= 17) return {Op::kRecords, fmt::format("r{}-{}", number_, random_() % 4), random_()};
    if (dice <= 4) {
      const std::string import = fmt::format("imp{}", number_);
      const auto at = contents_.imports.find(import);
      return {Op::kImport, import, at == contents_.imports.end() ? 0 : at->second};
    }
    const std::string id = fmt::format("w{}-{}", number_, random_() % kIdsPerWorker);
    if (!contents_.clients.contains(id)) return {Op::kAdd, id, random_() % 80'000 + 1};
    if (dice <= 9) return {Op::kRemove, id, 0};
    return {Op::kUpdate, id, random_() % 80'000 + 1};
  }

  bool perform(const Step& step) {
    const AuditActor actor{.via = "crash"};
    std::promise<bool> promise;
    switch (step.op) {
      case Op::kAdd:
        store_.add_client(actor, client_of(step.id, step.value), tell<Client>(promise));
        break;
      case Op::kUpdate:
        store_.update_client(actor, 0, step.id, {.ttl_s = static_cast<uint32_t>(step.value)}, tell<Client>(promise));
        break;
      case Op::kRemove:
        store_.remove_client(actor, 0, step.id, tell<void>(promise));
        break;
      case Op::kKey:
        store_.add_key(actor,
                       {.kid = step.id,
                        .algorithm = JwsAlgorithm::kEdDSA,
                        .status = KeyStatus::kPending,
                        .public_jwk = "{}",
                        .sealed_private = {1}},
                       tell<KeyRow>(promise));
        break;
      case Op::kNote:
        store_.append_audit(actor, "note", "{}", tell<void>(promise));
        break;
      case Op::kRecords:
        store_.change_dialect_records(actor, records_of(step), {.what = "crash.records"},
                                      tell<std::vector<uint64_t>>(promise));
        break;
      case Op::kImport: {
        ImportChunk chunk{.import_id = step.id, .chunk = step.value};
        for (int i = 0; i < kChunkSize; ++i) {
          chunk.clients.push_back(client_of(import_client(step.id, step.value, i), step.value));
        }
        store_.import_clients(actor, std::move(chunk), tell<ImportOutcome>(promise));
        break;
      }
    }
    return promise.get_future().get();
  }

  static std::vector<DialectRecordChange> records_of(const Step& step) {
    const auto [first, second] = record_ids(step.id);
    const auto put = [&](const std::string& id) {
      return DialectRecordChange{
          .kind = DialectRecordKind::kVcloudRegistration, .id = id, .value = std::to_string(step.value)};
    };
    return {put(first), put(second)};
  }

  static Client client_of(const std::string& id, uint64_t ttl) {
    return {.client_id = id, .scope = "a.read", .audiences = {"urn:demo"}, .ttl_s = static_cast<uint32_t>(ttl)};
  }

  Store& store_;
  const int fd_;
  const int number_;
  std::mt19937_64 random_;
  Contents contents_;
};

}  // namespace

int run_workload(const WorkloadOptions& options) {
  Found found;
  auto store = open_rocks_store({.path = options.data, .create = true}, found);
  if (!store) {
    fmt::print(stderr, "{}\n", store.error().text);
    return 1;
  }
  const Contents contents = found.contents(**store);
  std::vector<std::thread> threads;
  for (int i = 0; i < kWorkers; ++i) {
    threads.emplace_back([&, i] { Worker(**store, options, i, contents).run(); });
  }
  for (auto& thread : threads) thread.join();
  // As the daemon does after a failure: no orderly end.
  _exit(3);
}

}  // namespace signet::crash
