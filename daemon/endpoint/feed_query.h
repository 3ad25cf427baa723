// The query of the feed's two addresses, read strictly: every parameter known, none twice.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "daemon/http/request.h"

namespace signet {

inline constexpr uint32_t kFeedWaitMaxS = 60;

// One request's. Not copied: `after` points into it.
class FeedQuery {
 public:
  // The error is a text for the caller. `may_wait`: whether `wait` is a parameter. Any thread, does not allocate.
  std::expected<void, std::string_view> parse(const http::Request& request, bool may_wait);

  // Nothing when absent.
  const std::optional<std::string_view>& after() const { return after_; }
  uint32_t wait_s() const { return wait_s_; }

 private:
  std::array<char, 512> text_;
  std::optional<std::string_view> after_;
  uint32_t wait_s_ = 0;
};

}  // namespace signet
