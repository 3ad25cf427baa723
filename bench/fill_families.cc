#include "bench/fill_families.h"

#include <ctime>
#include <memory>

#include "keystore/grants/refresh_family.h"
#include "keystore/grants/rotation_request.h"
#include "protocol/base/random.h"

namespace signet::bench {
namespace {

// The first refresh of a family that was just made, so that its row is as long as those of families in use are.
class FirstRotation final : public RotationRequest {
 public:
  FirstRotation(const RefreshFamily& of, InFlight& flight) : flight_(flight) {
    tenant = of.tenant;
    family = of.id;
    sequence = of.rotation.sequence;
    hash = of.rotation.current_hash;
    client_id = of.client_id;
    fill_random(salt);
    fill_random(successor_hash);
    successor_key_version = of.rotation.key_version;
    window_ms = 30'000;
    idle_s = 30 * 86'400;
  }
  void completed() override {
    const std::unique_ptr<FirstRotation> self(this);
    flight_.give(verdict == RotationVerdict::kRotated);
  }

 private:
  InFlight& flight_;
};

RefreshFamily new_family(const std::string& client_id) {
  const UnixSeconds now = static_cast<UnixSeconds>(::time(nullptr));
  RefreshFamily family{.client_id = client_id,
                       .subject = client_id,
                       .scope = "a.read a.write b.read",
                       .audiences = {"https://api.example.com/orders"},
                       .created_ms = now * 1000,
                       .idle_expires_at = now + 30 * 86'400,
                       .absolute_expires_at = now + 365 * 86'400};
  fill_random(family.id);
  family.rotation.sequence = 1;
  family.rotation.key_version = 1;
  fill_random(family.rotation.current_hash);
  return family;
}

}  // namespace

void fill_families(Store& store, const std::string& client_id, uint64_t count, InFlight& flight) {
  for (uint64_t i = 0; i < count; ++i) {
    flight.take();
    store.create_family(std::nullopt, new_family(client_id), [&store, &flight](auto made) {
      if (!made) return flight.give(false);
      store.rotate_family(*new FirstRotation(*made, flight));  // deletes itself
    });
  }
  flight.wait();
}

}  // namespace signet::bench
