#include "bench/fill_families.h"

#include <array>
#include <ctime>
#include <memory>
#include <ostream>
#include <utility>

#include "daemon/endpoint/issuance_policy.h"
#include "daemon/endpoint/service_shared.h"
#include "keystore/grants/refresh_family.h"
#include "keystore/grants/rotation_request.h"
#include "protocol/base/random.h"

namespace signet::bench {
namespace {

RefreshFamily family_of(const std::string& client_id, const FamilyKeys& keys, RefreshToken& first) {
  RefreshFamily family = new_family(keys, ServiceSettings(), UnixMs{::time(nullptr)} * 1000, first);
  family.client_id = client_id;
  family.subject = client_id;
  family.scope = "a.read a.write b.read";
  family.audiences = {"https://api.example.com/orders"};
  return family;
}

// The first refresh of a family that was just made, so that its row is as long as those of families in use are.
class FirstRotation final : public RotationRequest {
 public:
  FirstRotation(const RefreshFamily& of, const RefreshToken& first, const FamilyKeys& keys, std::ostream* tokens,
                InFlight& flight)
      : keys_(keys.current_refresh_keys()), tokens_(tokens), flight_(flight) {
    tenant = of.tenant;
    family = of.id;
    sequence = first.sequence;
    hash = of.rotation.current_hash;
    client_id = of.client_id;
    fill_random(salt);
    successor_ = {.key_version = first.key_version, .family = of.id, .sequence = first.sequence + 1};
    successor_.secret = next_refresh_secret(keys_, first.secret, of.id, successor_.sequence, salt);
    successor_hash = hash_refresh_secret(keys_, of.id, successor_.sequence, successor_.secret);
    successor_key_version = first.key_version;
    window_ms = 30'000;
    idle_s = 30 * 86'400;
  }
  // The committer's thread: one at a time.
  void completed() override {
    const std::unique_ptr<FirstRotation> self(this);
    if (tokens_ != nullptr) {
      std::array<char, kRefreshTokenSize> text;
      write_refresh_token(keys_, successor_, text.data());
      tokens_->write(text.data(), text.size()).put('\n');
    }
    flight_.give(verdict == RotationVerdict::kRotated);
  }

 private:
  const RefreshKeys& keys_;
  std::ostream* const tokens_;
  InFlight& flight_;
  RefreshToken successor_;
};

}  // namespace

void fill_families(Keystore& keystore, const FamilyFill& fill, InFlight& flight) {
  const FamilyKeys& keys = keystore.family_keys();
  Store& store = keystore.store();
  for (uint64_t i = 0; i < fill.count; ++i) {
    flight.take();
    std::ostream* const tokens = i % fill.tokens_every == 0 ? fill.tokens : nullptr;
    RefreshToken first;
    RefreshFamily family = family_of(fill.client_id, keys, first);
    store.create_family(std::nullopt, std::move(family), [&store, &keys, &flight, first, tokens](auto made) {
      if (!made) return flight.give(false);
      store.rotate_family(*new FirstRotation(*made, first, keys, tokens, flight));  // deletes itself
    });
  }
  flight.wait();
}

}  // namespace signet::bench
