// RecentRows: rows that were committed lately, as they are in the database, so that what is rotated again soon need not
// be looked for there: the search of the write buffer is the dearest part of reading a row back (bench/README.md).
//
// Invariant: whoever writes a row of a family that is kept here puts or erases it here in the same commit.
// A ring of octets that new rows push old ones out of, and a table of where each row begins. Memory is taken once, with
// the first row: a row that comes and goes allocates nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace signet::store {

// Committer thread only.
class RecentRows {
 public:
  // Keeps what was put within the last half of `octets` or more: each row takes whole lines of 128 octets, twelve more
  // than its key and value. At least 1 KiB, at most 256 MiB; the table of places takes an eighth besides.
  explicit RecentRows(size_t octets);

  // Nothing when it is not here. Valid until the next put or erase.
  std::optional<std::string_view> find(std::string_view key) const;
  // A row that would take more than a quarter of the ring is not kept; nor is what it had been.
  void put(std::string_view key, std::string_view value);
  void erase(std::string_view key);
  size_t size() const { return rows_; }

 private:
  // Before the key and value of each row. A filler, and a row that was put again or erased, has rows in no slot.
  struct Head {
    uint32_t lines = 0;
    uint32_t hash = 0;
    uint16_t key_size = 0;  // 0: a filler up to the end of the ring
    uint16_t value_size = 0;
  };
  struct Slot {
    uint32_t hash = 0;
    uint32_t line_plus_1 = 0;  // 0 = empty
  };
  static constexpr size_t kLine = 128;

  Head head_at(size_t line) const;
  void write(size_t line, const Head& head, std::string_view key, std::string_view value);
  std::string_view key_at(size_t line, const Head& head) const;
  size_t find_slot(uint32_t hash, std::string_view key) const;  // slots_.size() when there is none
  void clear_slot(size_t slot);
  void make_room(size_t lines);
  void drop_oldest();

  const size_t lines_;
  std::unique_ptr<char[]> ring_;
  std::vector<Slot> slots_;  // a power of two, at least twice the lines; probed one by one
  size_t newest_ = 0;        // line where the next row begins
  size_t oldest_ = 0;
  size_t used_ = 0;  // lines
  size_t rows_ = 0;
};

}  // namespace signet::store
