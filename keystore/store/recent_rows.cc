#include "keystore/store/recent_rows.h"

#include <utility>

namespace signet::store {

const std::string* RecentRows::find(std::string_view key) const {
  for (const Rows* rows : {&young_, &old_}) {
    if (const auto found = rows->find(key); found != rows->end()) return &found->second;
  }
  return nullptr;
}

void RecentRows::put(std::string_view key, std::string_view value) {
  if (const auto found = young_.find(key); found != young_.end()) {
    found->second.assign(value);
    return;
  }
  if (young_.size() >= rows_) {
    std::swap(young_, old_);
    young_.clear();
  }
  young_.emplace(key, value);
}

void RecentRows::erase(std::string_view key) {
  for (Rows* rows : {&young_, &old_}) {
    if (const auto found = rows->find(key); found != rows->end()) rows->erase(found);
  }
}

}  // namespace signet::store
