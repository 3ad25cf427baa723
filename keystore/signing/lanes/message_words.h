// The messages of eight lanes as SHA-512 reads them: word after word, big-endian, a lane each, with their padding. What
// is hashed before them (a prefix of 32 octets, or R and A of 64) stands in the words in front, so that they are
// transposed once for both hashes. Lengths are public: the code branches on them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "keystore/signing/lanes/inline.h"
#include "keystore/signing/lanes/lane_count.h"
#include "keystore/signing/lanes/sha512_lanes.h"
#include "keystore/signing/lanes/wiping.h"

namespace signet::lanes {

// Longer messages are signed one by one: what a token's signature covers is a third of this.
inline constexpr size_t kMessageMax = 2048;

// A message of a lane. Not std::span: its functions would be compiled for the lanes' instruction set, and shared.
struct LaneMessage {
  const uint8_t* octets;
  size_t size;
};

template <class V>
class MessageWords {
 public:
  static constexpr size_t kFront = 8;  // words in front of the message: R and A

  SIGNET_LANES_INLINE void read(const LaneMessage (&messages)[kLanes]) {
    size_t longest = 0;
    for (size_t i = 0; i < kLanes; ++i) {
      sizes_[i] = messages[i].size;
      longest = longest > messages[i].size ? longest : messages[i].size;
    }
    // Up to the end of the last block of both hashes.
    const size_t words = blocks_of(longest, kFront) * 16;
    used_ = used_ > kFront + words ? used_ : kFront + words;
#pragma GCC unroll 1
    for (size_t at = 0; at < words; at += 8) {
      V rows[8];
#pragma GCC unroll 8
      for (size_t i = 0; i < kLanes; ++i) rows[i] = piece(messages[i], at * 8);
      V::transpose(rows);
#pragma GCC unroll 8
      for (size_t i = 0; i < 8; ++i) words_[kFront + at + i] = rows[i].octets_reversed();
    }
  }

  // wipe: whatever has been read and put in front of it.
  SIGNET_LANES_INLINE void wipe() { wipe_first(words_, used_); }

  // hashed gives SHA-512 of the last `Front` of the words before the message, which are in `front`, and the message.
  // `begun`, if there is one, is the state of all lanes after the first block.
  template <size_t Front>
  SIGNET_LANES_INLINE Sha512State<V> hashed(const V (&front)[Front], const uint64_t* begun = nullptr) {
#pragma GCC unroll 8
    for (size_t i = 0; i < Front; ++i) words_[kFront - Front + i] = front[i];
    alignas(64) uint64_t bits[kLanes], blocks[kLanes];
    size_t most = 0;
    for (size_t i = 0; i < kLanes; ++i) {
      bits[i] = (sizes_[i] + Front * 8) * 8;
      blocks[i] = blocks_of(sizes_[i], Front);
      most = most > blocks[i] ? most : blocks[i];
    }
    const V length = V::load(bits);
    Sha512State<V> state = Sha512State<V>::splat(begun != nullptr ? begun : kSha512Start);
#pragma GCC unroll 1
    for (size_t block = begun != nullptr ? 1 : 0; block < most; ++block) {
      unsigned running = 0, last = 0;
      for (size_t i = 0; i < kLanes; ++i) {
        running |= (block < blocks[i] ? 1U : 0U) << i;
        last |= (block + 1 == blocks[i] ? 1U : 0U) << i;
      }
      V w[16];
      const V* from = words_ + (kFront - Front) + 16 * block;
#pragma GCC unroll 16
      for (size_t i = 0; i < 16; ++i) w[i] = from[i];
      w[15] = V::select(static_cast<typename V::Mask>(last), length, w[15]);
      sha512_block(state, w, static_cast<typename V::Mask>(running));
    }
    return state;
  }

 private:
  // FIPS 180-4 5.1.2: a one bit, and 16 octets of length.
  static constexpr size_t blocks_of(size_t size, size_t front) { return (size + front * 8 + 17 + 127) / 128; }
  static constexpr size_t kWordsMax = kFront + blocks_of(kMessageMax, kFront) * 16;

  SIGNET_LANES_INLINE static V piece(const LaneMessage& message, size_t at) {
    if (at > message.size) return V::splat(0);
    const size_t left = message.size - at;
    if (left >= 64) return V::load_octets(message.octets + at, ~uint64_t{0}, 0);
    const uint64_t end = uint64_t{1} << left;
    return V::load_octets(message.octets + at, end - 1, end);
  }

  V words_[kWordsMax];
  size_t used_ = 0;  // of them, by any message so far
  size_t sizes_[kLanes];
};

}  // namespace signet::lanes
