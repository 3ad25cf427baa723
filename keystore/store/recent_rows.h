// RecentRows: rows that were committed lately, as they are in the database, so that what is rotated again soon need not
// be looked for there: the search of the write buffer is the dearest part of reading a row back (bench/README.md).
//
// Invariant: whoever writes a row of a family that is kept here puts or erases it here in the same commit.
// Two generations: when the younger is full the older is dropped whole, so that nothing is counted on a look-up.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

namespace signet::store {

// Committer thread only.
class RecentRows {
 public:
  // Keeps at least the `rows` that were put last, and at most twice as many.
  explicit RecentRows(size_t rows) : rows_(rows) {}

  // Null when it is not here. Valid until the next put or erase.
  const std::string* find(std::string_view key) const;
  void put(std::string_view key, std::string_view value);
  void erase(std::string_view key);
  size_t size() const { return young_.size() + old_.size(); }  // a row that is in both counts twice

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view key) const { return std::hash<std::string_view>()(key); }
  };
  using Rows = std::unordered_map<std::string, std::string, Hash, std::equal_to<>>;

  size_t rows_;
  Rows young_;
  Rows old_;
};

}  // namespace signet::store
