#include "keystore/signing/lanes/inverse25519.h"

#include "keystore/signing/lanes/divsteps.h"

namespace signet::lanes {
namespace {

struct Prime25519 {
  static constexpr int64_t kLimbs[5] = {-19, 0, 0, 0, int64_t{1} << 19};
  static constexpr uint64_t kInverse = 0x1435e50d79435e5;
};

}  // namespace

void inverse25519(uint64_t (&a)[4]) { inverse_modulo<Prime25519>(a); }

}  // namespace signet::lanes
