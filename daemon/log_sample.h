// LogSample: keeps a kind of line that strangers can cause from filling a disk.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string_view>

namespace signet {

// At most `lines_max` lines a second; each says how many were left out before it. One thread; no allocation, no system
// call.
class LogSample {
 public:
  // The number of lines left out since the last one, as text.
  class LeftOut {
   public:
    explicit LeftOut(unsigned count);
    std::string_view text() const { return {digits_.data(), size_}; }

   private:
    std::array<char, 12> digits_;
    size_t size_ = 0;
  };

  explicit constexpr LogSample(unsigned lines_max) : lines_max_(lines_max) {}
  // Nothing when this line is to be left out.
  std::optional<LeftOut> admit();

 private:
  unsigned lines_max_;
  unsigned lines_ = 0;
  unsigned left_out_ = 0;
  time_t second_ = 0;
};

}  // namespace signet
