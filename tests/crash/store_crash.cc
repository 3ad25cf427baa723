// store_crash: kills a process that changes the store, reopens, and compares with the ledger of what was acknowledged.
//
//   store_crash [--cycles N] [--seed S] [--directory D] [--inject EIO|ENOSPC]
//
// With --inject the process is not killed: strace lets its N-th fdatasync and all later ones fail. Exit 0: nothing was
// lost; 1: something was, with the seed to replay it; 77: --inject, and strace cannot be used here.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "tests/crash/found.h"
#include "tests/crash/ledger.h"
#include "tests/crash/workload.h"

namespace signet::crash {
namespace {

constexpr int kSkipped = 77;
constexpr int kStoreFailed = 3;

struct Options {
  int cycles = 10;
  uint64_t seed = std::random_device()();
  std::string directory;
  std::string inject;
  bool child = false;
  int ledger_fd = -1;
};

std::vector<std::string> child_command(const Options& options, uint64_t seed, int fd, int failing_sync) {
  std::vector<std::string> words;
  if (!options.inject.empty()) {
    words = {"strace",
             "-f",
             "-qq",
             "-o",
             "/dev/null",
             "-e",
             "trace=fdatasync",
             "-e",
             fmt::format("inject=fdatasync:error={}:when={}+", options.inject, failing_sync)};
  }
  for (std::string word :
       {std::string("/proc/self/exe"), std::string("--child"), std::string("--seed"), std::to_string(seed),
        std::string("--directory"), options.directory, std::string("--ledger-fd"), std::to_string(fd)}) {
    words.push_back(std::move(word));
  }
  return words;
}

pid_t start(std::vector<std::string> words, int reading_end) {
  // /proc/self/exe would be strace's own.
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  std::vector<char*> argv;
  for (auto& word : words) {
    if (word == "/proc/self/exe") word = self;
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    close(reading_end);
    execvp(argv[0], argv.data());
    _exit(kSkipped);
  }
  return child;
}

std::string read_all(int fd) {
  std::string all;
  char buffer[65536];
  ssize_t got = 0;
  while ((got = read(fd, buffer, sizeof buffer)) > 0) all.append(buffer, static_cast<size_t>(got));
  return all;
}

// Mostly in the midst of the work, sometimes while the store is made or opened.
void wait_to_kill(int ledger, std::mt19937_64& random) {
  const bool while_opening = random() % 4 == 0;
  const auto delay_us = static_cast<useconds_t>(random() % 200'000 + 2'000);
  pollfd first_line{.fd = ledger, .events = POLLIN, .revents = 0};
  if (!while_opening) poll(&first_line, 1, 20'000);
  usleep(delay_us);
}

// One run of the workload until it dies; its ledger. Nothing when it ended otherwise.
struct Run {
  std::string lines;
  int exit_status = 0;
};
Run run_once(const Options& options, uint64_t seed, std::mt19937_64& random) {
  int ends[2];
  if (pipe(ends) != 0) return {{}, -1};
  // Large enough that the workload never waits for its reader.
  fcntl(ends[0], F_SETPIPE_SZ, 1 << 20);
  const int failing_sync = static_cast<int>(random() % 300) + 60;
  const pid_t child = start(child_command(options, seed, ends[1], failing_sync), ends[0]);
  close(ends[1]);
  if (options.inject.empty()) {
    wait_to_kill(ends[0], random);
    kill(child, SIGKILL);
  }
  Run run{read_all(ends[0]), 0};
  close(ends[0]);
  waitpid(child, &run.exit_status, 0);
  return run;
}

// Empty = all is as the ledger says.
std::string reopen_and_check(const Options& options, Ledger& ledger) {
  if (!std::filesystem::exists(options.directory + "/store") && ledger.acknowledged() == 0) return {};
  Found found;
  auto store = open_rocks_store({.path = options.directory}, found);
  if (!store) return "the store does not open: " + store.error().text;
  const std::string difference = ledger.check(found.contents(**store));
  (*store)->close();
  return difference.empty() ? check_audit_chain(options.directory) : difference;
}

int run_cycles(const Options& options) {
  fmt::print(stderr, "seed {}: replay with --seed {} --cycles {}\n", options.seed, options.seed, options.cycles);
  std::mt19937_64 random(options.seed);
  Ledger ledger;
  for (int cycle = 0; cycle < options.cycles; ++cycle) {
    const Run run = run_once(options, random(), random);
    if (WIFEXITED(run.exit_status) && WEXITSTATUS(run.exit_status) != kStoreFailed) {
      if (!options.inject.empty() && run.lines.empty()) return kSkipped;  // strace is missing or not allowed
      fmt::print(stderr, "cycle {}: the workload ended with {}\n", cycle, WEXITSTATUS(run.exit_status));
      return 1;
    }
    ledger.read(run.lines);
    if (const std::string what = reopen_and_check(options, ledger); !what.empty()) {
      fmt::print(stderr, "cycle {}: {} (seed {}, data in {})\n", cycle, what, options.seed, options.directory);
      return 1;
    }
  }
  fmt::print(stderr, "{} cycles, {} operations acknowledged, {} undecided, {} clients: all there\n", options.cycles,
             ledger.acknowledged(), ledger.undecided(), ledger.contents().clients.size());
  return ledger.acknowledged() > 0 ? 0 : 1;
}

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--child") {
      options.child = true;
      continue;
    }
    if (++i == argc) return false;
    const std::string value = argv[i];
    if (name == "--cycles") {
      options.cycles = std::stoi(value);
    } else if (name == "--seed") {
      options.seed = std::stoull(value);
    } else if (name == "--directory") {
      options.directory = value;
    } else if (name == "--inject") {
      options.inject = value;
    } else if (name == "--ledger-fd") {
      options.ledger_fd = std::stoi(value);
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace
}  // namespace signet::crash

int main(int argc, char** argv) {
  using namespace signet::crash;
  Options options;
  if (!parse(argc, argv, options)) {
    fmt::print(stderr, "usage: store_crash [--cycles N] [--seed S] [--directory D] [--inject EIO|ENOSPC]\n");
    return 2;
  }
  if (options.child) return run_workload({options.directory, options.seed, options.ledger_fd});
  const bool own_directory = options.directory.empty();
  std::string made = (std::filesystem::temp_directory_path() / "signet-crash-XXXXXX").string();
  if (own_directory) options.directory = std::string(mkdtemp(made.data())) + "/data";
  const int result = run_cycles(options);
  // Kept after a failure, for whoever looks into it.
  if (own_directory && result != 1) std::filesystem::remove_all(made);
  return result;
}
