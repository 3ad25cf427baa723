#include "tools/ctl/bench/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <thread>
#include <utility>

#include "protocol/base/errno_text.h"

namespace signet::ctl {
namespace {

constexpr int64_t kStopMs = 20'000;
constexpr std::chrono::milliseconds kNap{10};
constexpr int kNotStarted = 127;

volatile std::sig_atomic_t interrupt_seen = 0;

void note_interrupt(int) { interrupt_seen = 1; }

void handle(int signal, void (*handler)(int)) {
  struct sigaction action{};
  action.sa_handler = handler;
  sigaction(signal, &action, nullptr);
}

// Between fork and exec: async-signal-safe calls only.
[[noreturn]] void become(const ChildPlan& plan, char* const* arguments, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(kNotStarted);  // it died before the line above
  handle(SIGINT, SIG_DFL);
  handle(SIGTERM, SIG_DFL);
  if (plan.cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<size_t>(*plan.cpu), &set);
    sched_setaffinity(0, sizeof set, &set);
  }
  constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND;
  const int in = open("/dev/null", O_RDONLY), out = open(plan.output.c_str(), kFlags, 0600);
  const int err = plan.errors == plan.output ? out : open(plan.errors.c_str(), kFlags, 0600);
  if (in < 0 || out < 0 || err < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0) _exit(kNotStarted);
  execv(arguments[0], arguments);
  _exit(kNotStarted);
}

}  // namespace

InterruptGuard::InterruptGuard() {
  interrupt_seen = 0;
  handle(SIGINT, note_interrupt);
  handle(SIGTERM, note_interrupt);
}

InterruptGuard::~InterruptGuard() {
  handle(SIGINT, SIG_DFL);
  handle(SIGTERM, SIG_DFL);
}

bool InterruptGuard::interrupted() { return interrupt_seen != 0; }

std::expected<Child, std::string> Child::start(const ChildPlan& plan) {
  if (access(plan.command[0].c_str(), X_OK) != 0) {
    return std::unexpected(fmt::format("{}: {}", plan.command[0], errno_text(errno)));
  }
  std::vector<std::string> texts = plan.command;
  std::vector<char*> arguments;
  arguments.reserve(texts.size() + 1);
  for (std::string& text : texts) arguments.push_back(text.data());
  arguments.push_back(nullptr);
  const pid_t parent = getpid(), pid = fork();
  if (pid == 0) become(plan, arguments.data(), parent);
  if (pid < 0) return std::unexpected(fmt::format("cannot start {}: {}", plan.command[0], errno_text(errno)));
  return Child(pid);
}

Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

Child::~Child() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  reap(0);
}

std::optional<int> Child::reap(int options) {
  int status = 0;
  pid_t found;
  while ((found = waitpid(pid_, &status, options)) < 0 && errno == EINTR) {
  }
  if (found != pid_) return std::nullopt;
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::optional<int> Child::wait(int64_t deadline_ms) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(deadline_ms);
  while (!InterruptGuard::interrupted()) {
    if (auto status = reap(WNOHANG)) return status;
    if (std::chrono::steady_clock::now() >= deadline) return std::nullopt;
    std::this_thread::sleep_for(kNap);
  }
  return std::nullopt;
}

void Child::stop() {
  if (pid_ < 0) return;
  kill(pid_, SIGTERM);
  for (int64_t waited = 0; waited < kStopMs; waited += kNap.count()) {
    if (reap(WNOHANG)) return;
    std::this_thread::sleep_for(kNap);
  }
  kill(pid_, SIGKILL);
  reap(0);
}

std::vector<int> usable_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cpus;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<size_t>(cpu), &set)) cpus.push_back(cpu);
  }
  return cpus;
}

}  // namespace signet::ctl
