#include "tools/ctl/import/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "tools/ctl/time_text.h"

namespace signet::ctl {
namespace {

constexpr size_t kBarWidth = 24;
constexpr auto kInterval = std::chrono::milliseconds(200);

}  // namespace

std::string with_commas(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string progress_line(uint64_t done, uint64_t total, double elapsed_s) {
  const double share = total == 0 ? 1.0 : static_cast<double>(std::min(done, total)) / static_cast<double>(total);
  const size_t filled = static_cast<size_t>(share * kBarWidth);
  const double rate = elapsed_s > 0 ? static_cast<double>(done) / elapsed_s : 0;
  std::string line = fmt::format("[{:=<{}}{: <{}}] {:3.0f}%  {} of {}", "", filled, "", kBarWidth - filled, share * 100,
                                 with_commas(done), with_commas(total));
  if (rate < 1 || done > total) return line;
  const double left_s = static_cast<double>(total - done) / rate;
  return line +
         fmt::format("  {}/s  {} left", with_commas(static_cast<uint64_t>(rate)), duration_text(std::llround(left_s)));
}

Progress::Progress(std::FILE* to, uint64_t total) : to_(to), total_(total), terminal_(isatty(fileno(to)) == 1) {}

Progress::~Progress() { clear(); }

void Progress::update(uint64_t done) {
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ || now - last_ < kInterval) return;
  last_ = now;
  shown_ = true;
  const double elapsed_s = std::chrono::duration<double>(now - started_).count();
  fmt::print(to_, "\r{}\x1b[K", progress_line(done, total_, elapsed_s));
  std::fflush(to_);
}

void Progress::clear() {
  if (!shown_) return;
  std::fputs("\r\x1b[K", to_);
  std::fflush(to_);
  shown_ = false;
}

}  // namespace signet::ctl
