#include "daemon/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace signet {
namespace {

std::string read_text(const char* path) {
  std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path, "re"), &std::fclose);
  std::array<char, 8192> text;
  return file ? std::string(text.data(), std::fread(text.data(), 1, text.size(), file.get())) : std::string();
}

uint64_t number(std::string_view text) {
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    size_t end = std::min(text.find(' '), text.size());
    if (end > 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

uint64_t count_open_fds() {
  std::error_code error;
  std::filesystem::directory_iterator at("/proc/self/fd", error);
  uint64_t count = 0;
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) ++count;
  return count > 1 ? count - 1 : 0;  // but for the one that reads
}

double seconds(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Unix time of the boot. Not from /proc/stat, which a sandbox may hide.
double boot_time_seconds() { return seconds(CLOCK_REALTIME) - seconds(CLOCK_BOOTTIME); }

// Positions after the closing parenthesis of the command name, which may hold anything (proc(5)): state is 0.
enum StatField : size_t {
  kUtime = 11,
  kStime = 12,
  kThreads = 17,
  kStartTime = 19,
  kVsize = 20,
  kRss = 21,
  kCount = 22
};

}  // namespace

std::optional<ProcessMetrics> read_process_metrics() {
  std::string stat = read_text("/proc/self/stat");
  size_t end = stat.rfind(')');
  if (end == std::string::npos || end + 2 > stat.size()) return std::nullopt;
  std::vector<std::string_view> fields = split(std::string_view(stat).substr(end + 2));
  if (fields.size() < kCount) return std::nullopt;
  auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  ProcessMetrics metrics;
  metrics.cpu_seconds = static_cast<double>(number(fields[kUtime]) + number(fields[kStime])) / ticks;
  metrics.start_time_seconds = boot_time_seconds() + static_cast<double>(number(fields[kStartTime])) / ticks;
  metrics.threads = number(fields[kThreads]);
  metrics.virtual_bytes = number(fields[kVsize]);
  metrics.resident_bytes = number(fields[kRss]) * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  metrics.open_fds = count_open_fds();
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) metrics.fds_max = limit.rlim_cur;
  return metrics;
}

}  // namespace signet
