#include "keystore/signing/lanes/rsa/rsa_self_test.h"

#include <array>
#include <memory>
#include <vector>

#include "keystore/signing/lanes/openssl_handles.h"
#include "keystore/signing/lanes/rsa/encoded_message.h"
#include "keystore/signing/lanes/rsa/limbs52.h"
#include "keystore/signing/lanes/rsa/rsa_lane_key.h"

namespace signet::lanes {
namespace {

struct Primes {
  const char *p, *q;
};
// `openssl prime -generate -hex`: of no key that was ever used.
constexpr Primes kPrimes[] = {
    {"C26A37EDCAE93592D920DF0DFEA6F3B08E54949DD968A76C87AD506259747DED9522E948F60D02C73036150A30962C7EE4282202A5C3C632"
     "D0FEA89DD1CD0791E185732CC2C3BC30DDFEEE38A19D7C0D9B373177EE3A8157C4328E15953CC3E97E6172AFAAD391CD325294EB7E0499F9"
     "96B1FD1B6A24A67AE61090A22B94E55D",
     "EFE30E880BD62EE5DEF5E94E998877FEF233201676477DC00978093E11BB69ECCA351947524DA544C92E1D8BD1B7EA8483C0E53D0274CAE9"
     "601FF3FBE473ACF4EEA3674AE1848E8CD93BA754618800F84CC927DE82F962E68AC0A75BC67EBB674B73BB3C80A8680618AFFED0101140106"
     "B9FA202452621F225D4AE7FB69D4855"},
    {"D51448D0C302310CA50B753273C5190C7D0587355C8FD0A80CC921DD315E18904BD773A6F7915D5EB02A0E4777C2CA1BF35B336F1F0AB575"
     "87991533E4AE537D8684AF05F4C9D466F0CA7A389C84C138849798AFEF3D62F7B751D1708F56B52601116F20FB0A2408086E1436CED2D7FC6"
     "21B6240133B5CE816F67B907D9169F0F7972FF3FD2DE6504F654BB8ED582B262C078AE0D009D04A402EF0E3820B9B87276260266C4A59A901"
     "1"
     "FBD13EDFA4C7879048ED7DF502BB984EEB1D04240008B",
     "CAFAF0257CC6680BBF415C00214A19EBE8E8A141C71357BBE01DE1AB51ABCDE529E59728E33E8CEE460E63040CA40D81A52A344D6659D8B5D"
     "B8C4FB1F4CCAF9FE0BF45C917AE581514D20F61DBAA078FC19BF4DDEE6E5D013447C167F2892630265FB41D0DB2E9B3D811BDF3146E967E17"
     "4D78B23CC2533C6FECEEE9EC0D19047FEBFAF8D2D536EEE6F8EEB0B94BD5392F6CE901391884072827C2C0714C1AA1A2C7C8053A6447D389C"
     "4"
     "E0CDD0332DD9A16FC1E5F8ADA21C0A8012DA3E42E34D"}};

// A key of two primes, and OpenSSL's answer to whether a signature is one.
class KnownKey {
 public:
  bool make(const Primes& primes) {
    for (BigNumber* number : {&p_, &q_, &n_, &e_}) {
      number->reset(BN_new());
      if (!*number) return false;
    }
    BIGNUM *p = p_.get(), *q = q_.get();
    return context_ && BN_hex2bn(&p, primes.p) > 0 && BN_hex2bn(&q, primes.q) > 0 &&
           BN_mul(n_.get(), p, q, context_.get()) == 1 && BN_set_word(e_.get(), 65537) == 1 &&
           make_rsa_lane_key({n_.get(), p, q}, lanes_);
  }
  size_t octets() const { return static_cast<size_t>(BN_num_bytes(n_.get())); }
  const RsaLaneKey& lanes() const { return lanes_; }
  bool verifies(const std::vector<uint8_t>& signature, const std::vector<uint8_t>& encoded) const {
    const BigNumber number(BN_bin2bn(signature.data(), static_cast<int>(signature.size()), nullptr));
    std::vector<uint8_t> raised(encoded.size());
    return number && BN_cmp(number.get(), n_.get()) < 0 &&
           BN_mod_exp(number.get(), number.get(), e_.get(), n_.get(), context_.get()) == 1 &&
           BN_bn2binpad(number.get(), raised.data(), static_cast<int>(raised.size())) > 0 && raised == encoded;
  }

 private:
  const BigNumberContext context_{BN_CTX_new()};
  BigNumber p_, q_, n_, e_;
  RsaLaneKey lanes_;
};

bool holds(const RsaLanes& lanes, const Primes& primes) {
  const auto key = std::make_unique<KnownKey>();
  if (!key->make(primes)) return false;
  RsaLaneNumbers random{}, messages{}, signatures{};
  RsaLaneBlinding blinding;
  std::vector<std::vector<uint8_t>> encoded(kLanes, std::vector<uint8_t>(key->octets()));
  for (size_t i = 0; i < kLanes; ++i) {
    const Sha256Digest digest{static_cast<uint8_t>(i)};
    if (i % 2 == 0) {
      encode_pkcs1(digest, encoded[i]);
    } else {
      encode_pss(digest, PssSalt{static_cast<uint8_t>(i)}, encoded[i]);
    }
    limbs_of_octets(encoded[i], &messages.limb[0][i], kLimbsMax, kLanes);
    for (size_t k = 0; k < 38; ++k) random.limb[k][i] = (i + 3) * 0x5deece66d + k;  // any number that has an inverse
  }
  lanes.blind(key->lanes(), random, blinding);
  if (!lanes.sign(key->lanes(), blinding, messages, signatures)) return false;
  for (size_t i = 0; i < kLanes; ++i) {
    std::vector<uint8_t> signature(key->octets());
    octets_of_limbs(&signatures.limb[0][i], kLimbsMax, kLanes, signature);
    if (!key->verifies(signature, encoded[i])) return false;
  }
  blinding.power.limb[0][kLanes - 1] ^= 1;
  return !lanes.sign(key->lanes(), blinding, messages, signatures);
}

}  // namespace

bool rsa_lanes_hold(const RsaLanes& lanes) { return holds(lanes, kPrimes[0]) && holds(lanes, kPrimes[1]); }

}  // namespace signet::lanes
