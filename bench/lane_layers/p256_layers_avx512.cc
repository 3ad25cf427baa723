// Compiled for AVX-512; nothing here runs unless avx512_lanes_supported said so.
#include "bench/lane_layers/p256_layers.h"
#include "keystore/signing/lanes/group_inverse.h"
#include "keystore/signing/lanes/p256/base_multiple_p256.h"
#include "keystore/signing/lanes/p256/curve_check_p256.h"
#include "keystore/signing/lanes/p256/nonce_p256.h"
#include "keystore/signing/lanes/vector_avx512.h"

namespace signet::lanes::p256 {

using V = Avx512;

struct Layers::State {
  explicit State(const BaseTable& base) : table(base) {
    for (size_t i = 0; i < 8; ++i) key[i] = words[i] = V::splat(0x123456789abcdef0 + i);
    for (size_t i = 0; i < kGroupsMax; ++i) {
      z[i] = within<kInvertible>(constant<Prime, V>(Prime::kSquare));
      k[i] = within<kInvertible>(constant<Order, V>(Order::kSquare));
    }
    x = within<kOnce>(constant<Prime, V>(kCurveB));
    y = within<kOnce>(constant<Prime, V>(kThree));
  }

  const BaseTable& table;
  V key[8], words[8];
  Sha512State<V> hash;
  Digits<V> digits;
  Entry<V> entries[kWindows];
  Sum<V> sum;
  Invertible<Prime, V> z[kGroupsMax], before_z[kGroupsMax];
  Invertible<Order, V> k[kGroupsMax], before_k[kGroupsMax];
  CarriedP<V, kOnce> x, y;
  V::Mask off = 0;
};

Layers::Layers(const BaseTable& table) : state_(std::make_unique<State>(table)) {}
Layers::~Layers() = default;

void Layers::set_digits(const Octets& octets) {
  for (int i = 0; i < kWindows; ++i) {
    alignas(64) uint64_t lanes[kLanes];
    for (size_t lane = 0; lane < kLanes; ++lane) lanes[lane] = octets[lane][static_cast<size_t>(i)];
    state_->digits.digit[i] = V::load(lanes);
  }
}

void Layers::hash_nonces() {
  State& s = *state_;
  const Sha512State<V> inner = hashed_behind(s.key, s.words);
  s.hash = hashed_behind(s.key, inner.word);
}

void Layers::reduce_nonces() { split_digits(nonce_and_offset(state_->hash.word), state_->digits); }

void Layers::look_up() {
  State& s = *state_;
#pragma GCC unroll 1
  for (int i = 0; i < kWindows; ++i) {
    const uint64_t* window = s.table.windows + i * kWindowStride;
    s.entries[i] = entry_of(window, s.digits.digit[i]);
  }
}

void Layers::multiply() { state_->sum = base_multiple(state_->table, state_->digits); }

void Layers::invert(size_t groups) { inverted(state_->z, state_->before_z, groups); }

void Layers::invert_nonces(size_t groups) { inverted(state_->k, state_->before_k, groups); }

void Layers::check_curve() { state_->off = off_curve(state_->x, state_->y); }

}  // namespace signet::lanes::p256
