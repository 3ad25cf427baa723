// GrowingTable: a RevocationTable that is replaced by a larger one when it is full, without a pause for anybody.
// Invariants: as for RevocationTable; `State` is immutable and replaced whole; while `previous` is there, new entries
// go to `current` alone, and every live entry of `previous` is copied before it is let go; no reader meets memory of a
// table that has not been touched by the writer.
#pragma once

#include <memory>

#include "keystore/revocation/revocation_table.h"
#include "keystore/snapshot/published.h"

namespace signet {

class GrowingTable {
 public:
  GrowingTable(QuiescentDomain& domain, size_t capacity, bool with_times);

  // --- readers: wait-free, do not allocate ---
  bool contains(RevocationHash hash) const {
    const State& state = state_.load();
    return state.current->contains(hash) || (state.previous != nullptr && state.previous->contains(hash));
  }
  UnixMs time_of(RevocationHash hash) const;

  // --- the writer ---
  void reserve(size_t entries);  // only while empty
  void prefetch(RevocationHash hash) const { state_.load().current->prefetch(hash); }
  bool put(RevocationHash hash, uint16_t bucket, UnixMs time);  // gives whether it was new
  // erase drops an entry at once, wherever it is; gives whether it was there.
  bool erase(RevocationHash hash);
  // expire makes a pass over the table due that drops what ended before bucket `ended`.
  void expire(uint16_t ended);
  // work goes on with a copy or a pass; bounded. Gives whether some is left.
  bool work() { return work(kSlotsPerStep); }
  size_t live() const;
  size_t bytes() const;

 private:
  static constexpr size_t kSlotsPerStep = size_t{16} * 1024;  // of a commit: tens of microseconds
  static constexpr size_t kSlotsPerPut = 64;                  // `grow` leaves room for the puts that a whole copy takes
  static constexpr size_t kOctetsPerPut = 4096;  // of the next table, ten times what it takes to be in time
  struct State {
    std::shared_ptr<RevocationTable> current;
    std::shared_ptr<RevocationTable> previous;  // null unless it is being copied
  };

  bool work(size_t slots);
  void prepare();
  void touch_next();
  void grow();
  void publish(std::shared_ptr<RevocationTable> current, std::shared_ptr<RevocationTable> previous);

  QuiescentDomain& domain_;
  const bool with_times_;
  Published<State> state_;
  std::shared_ptr<RevocationTable> next_;  // null but for the time before `grow`, while its memory is touched
  size_t next_for_ = 0;                    // live entries when `next_` takes over, at most
  size_t touched_ = 0;                     // octets of `next_`
  bool touching_ = false;
  size_t copied_ = 0;  // slots of `previous`
  size_t swept_ = 0;   // slots of `current`
  bool sweeping_ = false;
  uint16_t ended_ = 0;
};

}  // namespace signet
