#include "keystore/signing/lanes/p256/inverse_p256.h"

#include "keystore/signing/lanes/divsteps.h"

namespace signet::lanes::p256 {
namespace {

struct Prime59 {  // 2^256 - 2^224 + 2^192 + 2^96 - 1
  static constexpr int64_t kLimbs[5] = {-1, int64_t{1} << 37, 0, (int64_t{1} << 15) - (int64_t{1} << 47),
                                        int64_t{1} << 20};
  static constexpr uint64_t kInverse = 0x7ffffffffffffff;
};
struct Order59 {
  static constexpr int64_t kLimbs[5] = {0x3b9cac2fc632551, 0x4df55b4e2f3d09e, 0x7fffffffffffef3, 0x7ff800000007fff,
                                        0xfffff};
  static constexpr uint64_t kInverse = 0x32e375511ff43b1;
};

}  // namespace

void inverse_modulo_prime(uint64_t (&a)[4]) { inverse_modulo<Prime59>(a); }
void inverse_modulo_order(uint64_t (&a)[4]) { inverse_modulo<Order59>(a); }

}  // namespace signet::lanes::p256
