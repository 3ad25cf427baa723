#include "keystore/signing/lanes/p256/p256_self_test.h"

#include <openssl/obj_mac.h>
#include <openssl/sha.h>

#include <array>
#include <cstring>
#include <memory>

#include "keystore/signing/lanes/openssl_handles.h"
#include "keystore/signing/lanes/p256/p256_lane_key.h"

namespace signet::lanes::p256 {
namespace {

constexpr size_t kGroups = 2;
constexpr size_t kCount = kGroups * kLanes;
constexpr size_t kDigestSize = 32;
constexpr size_t kSignatureSize = 64;

using Scalar = std::array<uint8_t, kScalarSize>;
// RFC 6979 A.2.5 and RFC 7515 A.3: everyone's.
constexpr Scalar kScalars[] = {
    {0xc9, 0xaf, 0xa9, 0xd8, 0x45, 0xba, 0x75, 0x16, 0x6b, 0x5c, 0x21, 0x57, 0x67, 0xb1, 0xd6, 0x93,
     0x4e, 0x50, 0xc3, 0xdb, 0x36, 0xe8, 0x9b, 0x12, 0x7b, 0x8a, 0x62, 0x2b, 0x12, 0x0f, 0x67, 0x21},
    {0x8e, 0x9b, 0x10, 0x9e, 0x71, 0x90, 0x98, 0xbf, 0x98, 0x04, 0x87, 0xdf, 0x1f, 0x5d, 0x77, 0xe9,
     0xcb, 0x29, 0x60, 0x6e, 0xbe, 0xd2, 0x26, 0x3b, 0x5f, 0x57, 0xc2, 0x13, 0xdf, 0x84, 0xf4, 0xb2}};
constexpr size_t kKeys = std::size(kScalars);
// SHA-256 of the signatures, one behind the other; by tests/keystore/signing/lanes/p256/reference.h.
constexpr std::array<uint8_t, SHA256_DIGEST_LENGTH> kKnown = {
    0x33, 0xd8, 0x18, 0xc1, 0xaf, 0xfc, 0x6b, 0xe4, 0xfb, 0x96, 0xe3, 0x43, 0xb8, 0xa0, 0x8b, 0x45,
    0x98, 0x3e, 0x24, 0x76, 0x87, 0x8f, 0x23, 0x1e, 0xf5, 0xd3, 0x35, 0x5e, 0xde, 0xbe, 0xfd, 0xd1};

using CurveGroup = std::unique_ptr<EC_GROUP, FreedBy<EC_GROUP_free>>;
using CurvePoint = std::unique_ptr<EC_POINT, FreedBy<EC_POINT_free>>;

BigNumber number_of(const uint8_t* octets) { return BigNumber(BN_bin2bn(octets, 32, nullptr)); }

// FIPS 186-5 6.4.2 by OpenSSL's points.
class Curve {
 public:
  bool verifies(const Scalar& scalar, const uint8_t* digest, const uint8_t* signature) const {
    const BIGNUM* order = group_ ? EC_GROUP_get0_order(group_.get()) : nullptr;
    const BigNumber d = number_of(scalar.data()), z = number_of(digest);
    const BigNumber r = number_of(signature), s = number_of(signature + 32);
    const BigNumber u(BN_new()), v(BN_new()), x(BN_new());
    BN_CTX* context = context_.get();
    if (order == nullptr || context == nullptr || !d || !z || !r || !s || !u || !v || !x) return false;
    const CurvePoint own(EC_POINT_new(group_.get())), sum(EC_POINT_new(group_.get()));
    if (!own || !sum || BN_is_zero(r.get()) || BN_is_zero(s.get())) return false;
    if (BN_cmp(r.get(), order) >= 0 || BN_cmp(s.get(), order) >= 0) return false;
    return EC_POINT_mul(group_.get(), own.get(), d.get(), nullptr, nullptr, context) == 1 &&
           BN_mod_inverse(s.get(), s.get(), order, context) != nullptr &&
           BN_mod_mul(u.get(), z.get(), s.get(), order, context) == 1 &&
           BN_mod_mul(v.get(), r.get(), s.get(), order, context) == 1 &&
           EC_POINT_mul(group_.get(), sum.get(), u.get(), own.get(), v.get(), context) == 1 &&
           EC_POINT_get_affine_coordinates(group_.get(), sum.get(), x.get(), nullptr, context) == 1 &&
           BN_nnmod(x.get(), x.get(), order, context) == 1 && BN_cmp(x.get(), r.get()) == 0;
  }

 private:
  const CurveGroup group_{EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)};
  const BigNumberContext context_{BN_CTX_new()};
};

// Keys take turns; each job has random octets and a digest of its own.
struct KnownJobs {
  KnownJobs() {
    for (size_t i = 0; i < kKeys; ++i) make_lane_key(kScalars[i], keys[i]);
    for (size_t i = 0; i < kCount; ++i) {
      inputs[i].fill(static_cast<uint8_t>(i * 17));
      inputs[i][kInputSize - kDigestSize] = static_cast<uint8_t>(~i);
      jobs[i] = {&keys[i % kKeys], inputs[i].data(), signatures.data() + i * kSignatureSize};
    }
  }
  const uint8_t* digest(size_t job) const { return inputs[job].data() + kInputSize - kDigestSize; }

  std::array<LaneKey, kKeys> keys;
  std::array<std::array<uint8_t, kInputSize>, kCount> inputs;
  std::array<uint8_t, kCount * kSignatureSize> signatures{};
  std::array<LaneJob, kCount> jobs;
};

bool answers_are_known(const BaseTable& table, Sign sign) {
  KnownJobs known;
  const Outcome outcome = sign(table, known.jobs.data(), kGroups);
  if (!outcome.right || outcome.refused != 0) return false;
  std::array<uint8_t, SHA256_DIGEST_LENGTH> hash;
  SHA256(known.signatures.data(), known.signatures.size(), hash.data());
  if (hash != kKnown) return false;
  const Curve curve;
  for (size_t i = 0; i < kCount; ++i) {
    const uint8_t* const signature = known.jobs[i].signature;
    if (!curve.verifies(kScalars[i % kKeys], known.digest(i), signature)) return false;
    // Neither another message's nor another key's.
    if (curve.verifies(kScalars[i % kKeys], known.digest((i + 1) % kCount), signature)) return false;
    if (curve.verifies(kScalars[(i + 1) % kKeys], known.digest(i), signature)) return false;
  }
  return true;
}

// With a bit wrong in each entry of one window, no R is a point of the curve.
bool wrong_table_is_found(const BaseTable& table, Sign sign) {
  const auto wrong = std::make_unique<BaseTable>(table);
  constexpr size_t kWindow = 5;
  for (size_t i = 0; i < kEntries; ++i) wrong->windows[kWindow * kWindowStride + i] ^= 4;
  KnownJobs known;
  return !sign(*wrong, known.jobs.data(), kGroups).right;
}

}  // namespace

bool lanes_hold(const BaseTable& table, Sign sign) {
  return answers_are_known(table, sign) && wrong_table_is_found(table, sign);
}

}  // namespace signet::lanes::p256
