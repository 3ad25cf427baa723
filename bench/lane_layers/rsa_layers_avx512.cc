// Compiled for AVX-512; nothing here runs unless avx512_lanes_supported said so.
#include "bench/lane_layers/rsa_layers.h"
#include "keystore/signing/lanes/rsa/exponent.h"
#include "keystore/signing/lanes/rsa/montgomery.h"
#include "keystore/signing/lanes/vector_avx512.h"

namespace signet::lanes {

using V = Avx512;

struct RsaLayers::State {
  explicit State(const RsaLaneKey& of)
      : key(of),
        p{of.p.limb, of.p.factor, of.blocks},
        n{of.modulus, of.factor, 2 * of.blocks},
        modulo_p(p),
        modulo_n(n) {
    for (int k = 0; k < kPrimeLimbsMax; ++k) half[k] = V::splat(of.p.square[k]);
    for (int k = 0; k < kLimbsMax; ++k) whole[k] = V::splat(of.square[k]);
    table.fill(modulo_p, of.p.one, half, modulo_p.limbs());
  }

  const RsaLaneKey& key;
  const Modulus p, n;
  Montgomery<V> modulo_p, modulo_n;
  PowerTable<V> table;
  V half[kPrimeLimbsMax], found[kPrimeLimbsMax], whole[kLimbsMax], other[kLimbsMax];
};

RsaLayers::RsaLayers(const RsaLaneKey& key) : state_(std::make_unique<State>(key)) {}
RsaLayers::~RsaLayers() = default;

void RsaLayers::multiply_half() { state_->modulo_p.multiply(state_->half, state_->half, state_->found); }
void RsaLayers::square_half() { state_->modulo_p.square(state_->half, state_->half); }
void RsaLayers::look_up() { state_->table.look_up(digit_of<V>(state_->key.p.exponent, 8), state_->found); }
void RsaLayers::raise_half() {
  State& s = *state_;
  raise(s.modulo_p, s.table, s.key.p.one, s.key.p.exponent, 512 * s.key.blocks, s.half, s.found);
}
void RsaLayers::multiply_whole() { state_->modulo_n.multiply(state_->whole, state_->whole, state_->other); }
void RsaLayers::square_whole() { state_->modulo_n.square(state_->whole, state_->whole); }
void RsaLayers::raise_to_e() {
  State& s = *state_;
  s.modulo_n.square(s.other, s.whole);
#pragma GCC unroll 1
  for (int i = 1; i < 16; ++i) s.modulo_n.square(s.other, s.other);
  s.modulo_n.multiply(s.other, s.other, s.whole);
}

}  // namespace signet::lanes
