// LastUsedNotes: which shards of the client directory hold clients used since they were last looked at: one bit per
// shard and worker. The minute itself is in the client's record; a note only says where to look, so no note is ever
// dropped and none needs room. Invariants: a worker sets bits of its own row only; the flusher alone clears them. A bit
// is set after the minute was stored (release) and taken before it is read (acquire), so a taken note shows the minute.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "keystore/clients/client_directory.h"

namespace signet {

class LastUsedNotes {
 public:
  explicit LastUsedNotes(size_t workers) : rows_(workers) {}

  // Wait-free; does not allocate. `worker` is below the number given.
  void mark(size_t worker, size_t shard) noexcept {
    rows_[worker].words[shard / 64].fetch_or(uint64_t{1} << (shard % 64), std::memory_order_release);
  }

  // take gives the noted shards, ascending, and clears the notes. One thread.
  std::vector<size_t> take() {
    std::vector<size_t> shards;
    for (size_t word = 0; word < kWords; ++word) {
      uint64_t bits = 0;
      for (auto& row : rows_) bits |= row.words[word].exchange(0, std::memory_order_acquire);
      for (size_t bit = 0; bit < 64; ++bit) {
        if ((bits >> bit & 1) != 0) shards.push_back(word * 64 + bit);
      }
    }
    return shards;
  }

 private:
  static constexpr size_t kWords = ClientDirectory::kShards / 64;
  static_assert(ClientDirectory::kShards % 64 == 0);
  struct alignas(64) Row {
    std::array<std::atomic<uint64_t>, kWords> words{};
  };
  std::vector<Row> rows_;
};

}  // namespace signet
