// LaneBatch: the jobs of one call of the lanes, for signatures of 64 octets (EdDSA and ES256). Idle lanes of the last
// group carry copies of its others, and what the lanes make stays here until it is known to be right.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "keystore/signing/lanes/lane_count.h"
#include "protocol/base/bytes.h"
#include "protocol/base/check.h"
#include "protocol/base/digest.h"
#include "protocol/base/secret_bytes.h"

namespace signet {

inline constexpr size_t kLaneBatchMax = lanes::kGroupsMax * lanes::kLanes;
inline constexpr size_t kLaneSignatureSize = 64;

constexpr size_t whole_groups(size_t count) { return (count + lanes::kLanes - 1) / lanes::kLanes * lanes::kLanes; }

// A Job has `signature`, where its signature goes. One thread.
template <class Job>
struct LaneBatch {
  size_t real = 0;  // jobs that are no copies
  std::array<Job, kLaneBatchMax> jobs;
  std::array<uint8_t, kLaneBatchMax * kLaneSignatureSize> signatures;

  uint8_t* place(size_t job) { return signatures.data() + job * kLaneSignatureSize; }
  ByteSpan signature(size_t job) const { return {signatures.data() + job * kLaneSignatureSize, kLaneSignatureSize}; }
  // Which job an idle lane carries a copy of: those of the last group in turn.
  size_t original(size_t idle) const {
    const size_t last_group = (real - 1) / lanes::kLanes * lanes::kLanes;
    return last_group + (idle - real) % (real - last_group);
  }
  void fill_idle_lanes() {
    for (size_t i = real; i < whole_groups(real); ++i) {
      jobs[i] = jobs[original(i)];
      jobs[i].signature = place(i);
    }
  }
  bool copies_agree() const {
    bool equal = true;
    for (size_t i = real; i < whole_groups(real); ++i) {
      equal &= constant_time_equal(signature(i), signature(original(i)));
    }
    return equal;
  }
  void give(size_t job, MutableByteSpan out) const {
    SIGNET_CHECK(out.size() == kLaneSignatureSize);
    std::memcpy(out.data(), signature(job).data(), kLaneSignatureSize);
  }
  // A check's signatures must not stay behind, and neither must wrong ones.
  void wipe_signatures() { wipe(MutableByteSpan(signatures).first(whole_groups(real) * kLaneSignatureSize)); }
};

}  // namespace signet
