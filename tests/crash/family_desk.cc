#include "tests/crash/family_desk.h"

#include <chrono>

#include "tests/keystore/store/test_rotation.h"

namespace signet::crash {
namespace {

constexpr UnixSeconds kTokenLifetimeS = 3600;
const AuditActor kActor{.via = "crash"};

}  // namespace

const RefreshKeys& FamilyDesk::keys() {
  static const RefreshKeys keys = [] {
    HashKey key;
    key.fill(9);
    return derive_refresh_keys(key);
  }();
  return keys;
}

UnixMs FamilyDesk::now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

template <size_t Size>
std::array<uint8_t, Size> FamilyDesk::octets() {
  std::array<uint8_t, Size> out;
  for (uint8_t& octet : out) octet = static_cast<uint8_t>(random_());
  return out;
}

RefreshToken FamilyDesk::first_token() {
  return {.key_version = 1, .family = octets<16>(), .sequence = 1, .secret = octets<32>()};
}

std::string FamilyDesk::new_jti() { return std::string(family_name_of(octets<16>()).text()); }

Rotation FamilyDesk::present(const std::string& client_id, const RefreshToken& token) {
  store::TestRotation request;
  store::fill_rotation(request, keys(), token, client_id, octets<16>());
  store_.rotate_family(request);
  Rotation rotation{.verdict = request.wait()};
  if (rotation.given()) rotation.successor = store::successor_of(request, keys());
  return rotation;
}

std::expected<RefreshFamily, StoreError> FamilyDesk::create(const RefreshFamily& family) {
  return store::wait<RefreshFamily>([&](auto done) { store_.create_family(std::nullopt, family, done); });
}

std::expected<RevocationOutcome, StoreError> FamilyDesk::revoke_token(const std::string& client_id,
                                                                      const std::string& jti) {
  return store::revoke(store_, {.kind = RevocationKind::kToken,
                                .value = jti,
                                .expires_at = now_ms() / 1000 + kTokenLifetimeS,
                                .client_id = client_id});
}

std::expected<RevocationOutcome, StoreError> FamilyDesk::revoke_client(const std::string& client_id) {
  return store::revoke(store_, {.kind = RevocationKind::kClient, .value = client_id, .arrived_ms = now_ms()});
}

std::expected<RevocationOutcome, StoreError> FamilyDesk::revoke_family(const std::string& client_id,
                                                                       const FamilyId& id) {
  return store::wait<RevocationOutcome>([&](auto done) { store_.revoke_family(kActor, 0, id, client_id, done); });
}

std::optional<RefreshFamily> FamilyDesk::find(const FamilyId& id) const {
  const auto found = store_.find_family(0, id);
  return found ? *found : std::nullopt;
}

}  // namespace signet::crash
