// KeySetBuilder: the publisher's side of the key snapshot. Holds every tenant and key, and renders what workers serve:
// JWKS (RFC 7517), its entity tag, metadata (RFC 8414). Incremental: a tenant that did not change is shared with the
// snapshot before, and so is every key.
// Thread rule: one thread at a time.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "keystore/keys/key_schedule.h"
#include "keystore/keys/prepared_key.h"

namespace signet {

class KeySetBuilder {
 public:
  // `issuer` is that of the tenant `default` (number 0), which always exists; the others get issuer + "/t/" + name.
  explicit KeySetBuilder(std::string issuer);
  ~KeySetBuilder();
  KeySetBuilder(const KeySetBuilder&) = delete;
  KeySetBuilder& operator=(const KeySetBuilder&) = delete;

  void set_issuer(std::string issuer);
  // How keys are going to be replaced, and what one that is made now is promised: when the key set is going to change.
  void set_schedule(KeySchedule schedule, const KeyTerms& new_key);
  void put_tenant(uint32_t number, std::string name, UnixSeconds created_at, const TenantLimits& limits = {});
  void remove_tenant(uint32_t number);  // with its keys; never the default one
  bool has_tenant(uint32_t number) const;
  // Adds a key or replaces the one with its kid. False: no such tenant.
  bool put_key(uint32_t tenant, PreparedKey key);
  void remove_key(uint32_t tenant, std::string_view kid);
  // Null when unknown.
  std::shared_ptr<const SigningKey> find(uint32_t tenant, std::string_view kid) const;
  // The keys that sign the same, or did, or will: of a dialect, or of an algorithm (and audience, for HMAC). In the
  // order of their creation.
  std::vector<std::shared_ptr<const SigningKey>> in_place(uint32_t tenant, JwsAlgorithm algorithm,
                                                          std::string_view audience, std::string_view dialect) const;
  // Whether the tenant ever had an ordinary key of this algorithm (and audience, for HMAC), in whatever status.
  bool has_key_for(uint32_t tenant, JwsAlgorithm algorithm, std::string_view audience) const;
  // Whether it has a key of the dialect that signs.
  bool has_dialect_key(uint32_t tenant, std::string_view dialect) const;

  std::unique_ptr<const KeySet> build();

 private:
  struct Tenant;
  void render(Tenant& tenant, uint32_t number) const;

  std::string issuer_;
  KeySchedule schedule_;
  KeyTerms new_key_;
  std::map<uint32_t, Tenant> tenants_;
};

}  // namespace signet
