// Progress: a bar on stderr while a long command runs; silent when stderr is no terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

namespace signet::ctl {

// progress_line: "[=====     ]  50%  500,000 of 1,000,000  98,000/s  5 s left". Pure.
std::string progress_line(uint64_t done, uint64_t total, double elapsed_s);

// with_commas: "1,000,000".
std::string with_commas(uint64_t number);

// Not thread-safe.
class Progress {
 public:
  // `to` is borrowed.
  Progress(std::FILE* to, uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Shows the bar, at most five times a second.
  void update(uint64_t done);
  // Removes it from the line.
  void clear();

 private:
  std::FILE* to_;
  uint64_t total_;
  bool shown_ = false;
  bool terminal_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace signet::ctl
