// Child: a program that runs beside signetctl and never outlives it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

namespace signet::ctl {

// While one stands, SIGINT and SIGTERM do not end signetctl but are remembered, so that it ends what it started and
// removes what it wrote. One at a time, main thread.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  static bool interrupted();
};

struct ChildPlan {
  std::vector<std::string> command;  // the program's path first
  std::string output;                // file for its stdout, made new
  std::string errors;                // file for its stderr, made new; may be the same
  std::optional<int> cpu;            // the only one it may run on
};

// Not thread-safe. Killed when the object goes, and when signetctl dies before it.
class Child {
 public:
  // The error is a sentence: no such program, no more processes.
  static std::expected<Child, std::string> start(const ChildPlan& plan);
  ~Child();
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;

  // wait blocks until it ended and gives its exit status (128 and more: by a signal); nothing at the deadline or when
  // an interrupt came.
  std::optional<int> wait(int64_t deadline_ms);
  // stop asks it to end, and kills it when it did not within 20 s. Blocks.
  void stop();

 private:
  explicit Child(pid_t pid) : pid_(pid) {}
  std::optional<int> reap(int options);

  pid_t pid_ = -1;
};

// The CPUs that this process may use. Start only.
std::vector<int> usable_cpus();

}  // namespace signet::ctl
