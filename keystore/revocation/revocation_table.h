// RevocationTable: one open-addressing table of keyed hashes, of fixed capacity, with one writer and any number of
// readers that take no lock.
//
// Invariants:
// - A slot is a tag (64 bits of the hash; 0 = never used, 1 = was used and is free again), a note (16 further bits of
//   the hash, and the bucket of time after which the entry is of no use), and in tables with times a time.
// - The writer stores note and time before the tag, with release; readers load the tag with acquire. A time is stored
//   with release after its slot was freed: whoever reads a later entry's time also sees that the tag is gone. A slot
//   goes from a hash to "was used" and from there to another hash, never back to "never used": a reader that probes
//   meanwhile may miss the entry that ended, and no other.
// - An entry's home is its tag times the capacity, over 2^64: entries lie in the order of their tags, so that a table
//   is copied into a larger one front to back.
// - At most two slots of three have ever been used: a probe ends soon.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "protocol/base/time.h"

namespace signet {

// A hash as tables hold it.
struct RevocationHash {
  uint64_t tag = 0;   // never 0 or 1
  uint16_t rest = 0;  // further bits
};

// Buckets of expiry: four hours each, counted from 2024; the last one never ends.
inline constexpr uint16_t kBucketNever = UINT16_MAX;
uint16_t revocation_bucket(UnixSeconds expires_at);  // the first bucket at whose end it has expired
uint16_t revocation_buckets_ended(UnixSeconds now);  // buckets below this one have ended

class RevocationTable {
 public:
  // Room for `capacity` slots (at least 64). Aborts when the memory cannot be mapped. Pages are touched as they are
  // used.
  RevocationTable(size_t capacity, bool with_times);
  ~RevocationTable();
  RevocationTable(const RevocationTable&) = delete;
  RevocationTable& operator=(const RevocationTable&) = delete;

  // --- readers: wait-free, do not allocate ---
  bool contains(RevocationHash hash) const {
    prefetch(hash);  // the note of an entry that is there would be a second wait for memory
    return find(hash) != kNowhere;
  }
  // The time of an entry, 0 when there is none. Tables with times only.
  UnixMs time_of(RevocationHash hash) const;
  void prefetch(RevocationHash hash) const {
    const size_t home = home_of(hash.tag);
    __builtin_prefetch(&tags_[home]);
    __builtin_prefetch(&notes_[home]);
  }

  // --- the writer ---
  // touch has the memory of `octets` from `from` there; gives where to go on (0 = the end was reached). To be done
  // before readers come: the first to touch a huge page waits until all of it is cleared.
  size_t touch(size_t from, size_t octets);
  // put adds an entry, or raises the bucket and the time of the one that is there. There must be room (`full`).
  // Gives whether it was new.
  bool put(RevocationHash hash, uint16_t bucket, UnixMs time);
  // True when a further new entry would leave too few slots that were never used.
  bool full() const { return (used_ + 1) * 3 > capacity_ * 2; }
  // True when fewer than one slot in twenty-four is left until then.
  bool nearly_full() const { return used_ * 24 > capacity_ * 15; }
  // erase frees an entry; gives whether it was there.
  bool erase(RevocationHash hash);
  // sweep frees entries of ended buckets among `count` slots from `from`; gives where to go on (0 = the end was
  // reached).
  size_t sweep(size_t from, size_t count, uint16_t ended);
  // copy_to puts the live entries of `count` slots from `from` into `other`; gives where to go on (0 = the end).
  size_t copy_to(RevocationTable& other, size_t from, size_t count, uint16_t ended) const;

  size_t live() const { return live_; }
  size_t capacity() const { return capacity_; }
  size_t bytes() const;

 private:
  static constexpr size_t kNowhere = SIZE_MAX;
  static constexpr uint64_t kNeverUsed = 0;
  static constexpr uint64_t kFreed = 1;

  size_t home_of(uint64_t tag) const {
    return static_cast<size_t>((static_cast<unsigned __int128>(tag) * capacity_) >> 64);
  }
  size_t next(size_t at) const { return at + 1 == capacity_ ? 0 : at + 1; }
  size_t find(RevocationHash hash) const;

  const size_t capacity_;
  const size_t mapped_;
  std::atomic<uint64_t>* tags_;
  std::atomic<uint64_t>* times_;  // null without times
  std::atomic<uint32_t>* notes_;  // rest << 16 | bucket
  size_t used_ = 0;               // slots that are not "never used"
  size_t live_ = 0;
};

}  // namespace signet
