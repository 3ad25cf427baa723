// power_crash: the power goes while refresh families rotate and are revoked; the store is opened on what was synced,
// and held against the ledger of what was acknowledged.
//
//   power_crash [--cycles N] [--seed S] [--directory D]
//
// Exit 0: nothing was lost; 1: something was, with the seed. The seed gives what is done and when the power goes; which
// operation that meets is the machine's business.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "tests/crash/family_check.h"
#include "tests/crash/family_workload.h"
#include "tests/crash/found.h"
#include "tests/crash/machine.h"

namespace signet::crash {
namespace {

using namespace std::chrono_literals;

constexpr size_t kHolders = 8;
constexpr uint64_t kEnough = 200;  // operations acknowledged in each cycle before the power goes
constexpr auto kEnoughWithin = 60s;
// Each revokes about six tokens of a holder, and a store takes kSingleRevocationsMax of a client one by one.
constexpr int kCyclesMax = 1500;

struct Options {
  int cycles = 5;
  uint64_t seed = std::random_device()();
  std::string directory;
};

class PowerCrash {
 public:
  explicit PowerCrash(const Options& options)
      : options_(options), random_(options.seed), data_(options.directory + "/data"), machine_(data_) {
    for (size_t i = 0; i < kHolders; ++i) ledgers_.emplace_back(fmt::format("holder{}", i));
  }

  // What is wrong; empty = nothing.
  std::string run() {
    for (int cycle = 0; cycle < options_.cycles; ++cycle) {
      if (std::string wrong = run_cycle(cycle); !wrong.empty()) return fmt::format("cycle {}: {}", cycle, wrong);
    }
    machine_.power_on();
    if (const auto failure = machine_.open()) return "the store does not open: " + failure->text;
    check(true);
    machine_.stop();
    const std::string broken = what_is_broken();
    return broken.empty() ? check_audit_chain(data_) : broken;
  }

  void print_summary() const {
    uint64_t acknowledged = 0, rotations = 0, tokens = 0, families = 0, clients = 0, unanswered = 0, served = 0;
    std::array<uint64_t, kRules> broken{};
    for (const HolderLedger& ledger : ledgers_) {
      acknowledged += ledger.acknowledged();
      rotations += ledger.rotations, tokens += ledger.tokens_ended;
      families += ledger.families_ended, clients += ledger.clients_ended;
      unanswered += ledger.unanswered, served += ledger.served;
      for (size_t rule = 0; rule < kRules; ++rule) broken[rule] += ledger.count(Rule(rule));
    }
    std::string rules;
    for (size_t rule = 0; rule < kRules; ++rule) rules += fmt::format(", {} {}", broken[rule], kRuleNames[rule]);
    fmt::print(
        stderr,
        "power_crash: {} cycles, seed {}: {} operations acknowledged, at least {} in each cycle ({} rotations, {} "
        "tokens, {} families, {} clients revoked); {} octets forgotten, the mark put back {} times, {} openings "
        "cut off; {} unanswered, {} of them served on retry{}\n",
        options_.cycles, options_.seed, acknowledged, fewest_, rotations, tokens, families, clients, forgotten_,
        marks_put_back_, openings_cut_, unanswered, served, rules);
  }

 private:
  std::string run_cycle(int cycle) {
    if (cycle > 0 && random_() % 4 == 0) cut_while_opening();
    machine_.power_on();
    if (const auto failure = machine_.open()) return "the store does not open: " + failure->text;
    if (cycle == 0) {
      if (!add_clients()) return "the clients were not made";
    } else {
      check(false);
    }
    if (std::string broken = what_is_broken(); !broken.empty()) return broken;
    const uint64_t acknowledged = load();
    forgotten_ += machine_.come_down(&random_);
    if (random_() % 2 == 0) {
      machine_.put_back_mark();
      ++marks_put_back_;
    }
    fewest_ = std::min(fewest_, acknowledged);
    if (acknowledged < kEnough) return fmt::format("only {} operations were acknowledged", acknowledged);
    return what_is_broken();
  }

  // The power goes while the store is replayed and opened, or just afterwards.
  void cut_while_opening() {
    machine_.power_on();
    std::thread cutter([this, delay = std::chrono::microseconds(random_() % 40'000)] {
      std::this_thread::sleep_for(delay);
      machine_.cut_power();
    });
    if (machine_.open()) ++openings_cut_;
    cutter.join();
    forgotten_ += machine_.come_down(&random_);
  }

  bool add_clients() {
    return std::ranges::all_of(ledgers_, [this](const HolderLedger& ledger) {
      Client client = store::client_of(ledger.client_id);
      client.grants |= kGrantRefreshToken;
      return store::add_client(machine_.store(), client).has_value();
    });
  }

  template <typename Work>
  std::vector<std::thread> for_each_holder(const Work& work) {
    std::vector<std::thread> threads;
    for (HolderLedger& ledger : ledgers_) {
      threads.emplace_back([this, &ledger, work, seed = random_()] {
        FamilyDesk desk(machine_.store(), seed);
        work(desk, ledger);
      });
    }
    return threads;
  }
  static void join(std::vector<std::thread>& threads) {
    for (std::thread& thread : threads) thread.join();
  }

  // Until the power goes; how many operations were acknowledged.
  uint64_t load() {
    std::atomic<uint64_t> acknowledged{0};
    auto threads = for_each_holder([&](FamilyDesk& desk, HolderLedger& ledger) { hold(desk, ledger, acknowledged); });
    const auto deadline = std::chrono::steady_clock::now() + kEnoughWithin;
    while (acknowledged < kEnough && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(200us);
    std::this_thread::sleep_for(std::chrono::microseconds(random_() % 30'000));
    machine_.cut_power();
    join(threads);
    return acknowledged;
  }

  void check(bool everything) {
    auto threads = for_each_holder([this, everything](FamilyDesk& desk, HolderLedger& ledger) {
      check_holder(desk, machine_.index(), ledger, everything);
    });
    join(threads);
  }

  std::string what_is_broken() const {
    std::string text;
    for (const HolderLedger& ledger : ledgers_) {
      for (const auto& [rule, what] : ledger.broken) {
        text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", kRuleNames[static_cast<size_t>(rule)], what);
      }
    }
    return text;
  }

  const Options options_;
  std::mt19937_64 random_;
  const std::string data_;
  Machine machine_;
  std::deque<HolderLedger> ledgers_;
  uint64_t fewest_ = UINT64_MAX, forgotten_ = 0, marks_put_back_ = 0, openings_cut_ = 0;
};

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const std::string value = argv[i + 1];
    if (name == "--cycles") {
      options.cycles = std::stoi(value);
    } else if (name == "--seed") {
      options.seed = std::stoull(value);
    } else if (name == "--directory") {
      options.directory = value;
    } else {
      return false;
    }
  }
  return argc % 2 == 1 && options.cycles > 0 && options.cycles <= kCyclesMax;
}

}  // namespace
}  // namespace signet::crash

int main(int argc, char** argv) {
  using namespace signet::crash;
  Options options;
  if (!parse(argc, argv, options)) {
    fmt::print(stderr, "usage: power_crash [--cycles 1-{}] [--seed S] [--directory D]\n", kCyclesMax);
    return 2;
  }
  fmt::print(stderr, "power_crash: seed {}: replay with --seed {} --cycles {}\n", options.seed, options.seed,
             options.cycles);
  const bool own_directory = options.directory.empty();
  std::string made = (std::filesystem::temp_directory_path() / "signet-power-XXXXXX").string();
  if (own_directory) options.directory = mkdtemp(made.data());
  std::string wrong;
  {
    PowerCrash crash(options);
    wrong = crash.run();
    crash.print_summary();
  }
  if (!wrong.empty()) {
    fmt::print(stderr, "{} (seed {}, data in {})\n", wrong, options.seed, options.directory);
    return 1;
  }
  if (own_directory) std::filesystem::remove_all(made);
  return 0;
}
