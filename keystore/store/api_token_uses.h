// ApiTokenUses: when API tokens were used, from the use until it is written: a use itself writes nothing. A failed
// commit ends the store, so what was taken to be written need not be put back.
// Committer thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace signet::store {

class ApiTokenUses {
 public:
  // A use beyond so many tokens between two flushes is not noted: last use is coarse, and memory is bounded.
  static constexpr size_t kMax = 65'536;

  // `key` is the token's record key.
  void note(std::string_view key, uint32_t minute) {
    if (minutes_.size() < kMax || minutes_.contains(std::string(key))) minutes_[std::string(key)] = minute;
  }
  // Any of them, which is no longer noted; nothing when there is none.
  std::optional<std::pair<std::string, uint32_t>> take() {
    if (minutes_.empty()) return std::nullopt;
    auto node = minutes_.extract(minutes_.begin());
    return std::pair(std::move(node.key()), node.mapped());
  }
  size_t size() const { return minutes_.size(); }

 private:
  std::unordered_map<std::string, uint32_t> minutes_;
};

}  // namespace signet::store
