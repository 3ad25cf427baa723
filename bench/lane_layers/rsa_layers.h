// The layers of RSA in lanes one by one, for what times them: see p256_layers.h.
#pragma once

#include <memory>

#include "keystore/signing/lanes/rsa/rsa_lanes.h"

namespace signet::lanes {

// One thread. Only where avx512_lanes_supported(). `key` outlives it.
class RsaLayers {
 public:
  explicit RsaLayers(const RsaLaneKey& key);
  ~RsaLayers();

  void multiply_half();   // a product modulo a prime
  void square_half();     //
  void look_up();         // of the table of powers
  void raise_half();      // a power modulo a prime: what the three above are for
  void multiply_whole();  // a product modulo n
  void square_whole();    //
  void raise_to_e();      // what verifies

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace signet::lanes
