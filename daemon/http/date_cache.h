// DateCache: the Date field of the current second (RFC 9110 6.6.1), formatted once per second.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace signet::http {

// Loop thread only; does not allocate.
class DateCache {
 public:
  // "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"; valid until the next call.
  std::string_view field();
  // The same for a given instant (for tests).
  std::string_view field_at(int64_t unix_seconds);

 private:
  std::array<char, 40> text_{};
  int64_t formatted_s_ = INT64_MIN;
};

}  // namespace signet::http
