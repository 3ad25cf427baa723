// The layers of ES256 in lanes one by one, for what times them: each call does one layer's work for a group of eight,
// from memory to memory. The templates are those that sign, compiled with the same options; a program that calls
// them is not compiled for an instruction set that the processor may lack.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "keystore/signing/lanes/lane_count.h"
#include "keystore/signing/lanes/p256/base_table_p256.h"

namespace signet::lanes::p256 {

// One thread. Only where avx512_lanes_supported().
class Layers {
 public:
  explicit Layers(const BaseTable& table);
  ~Layers();

  // What is multiplied: the octets of k', the nonce with its offset (base_multiple_p256.h), of each lane.
  using Octets = std::array<std::array<uint8_t, kWindows>, kLanes>;
  void set_digits(const Octets& octets);

  void hash_nonces();                 // HMAC: two blocks of SHA-512
  void reduce_nonces();               // 512 bits modulo n, and digits
  void look_up();                     // the entries of all windows, without adding them
  void multiply();                    // k G: look-ups and additions
  void invert(size_t groups);         // Z of so many groups, modulo p; the result is inverted by the next call
  void invert_nonces(size_t groups);  // likewise modulo n
  void check_curve();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace signet::lanes::p256
