// RestoreCheck: reads a restored store as the daemon would, and opens every cell in it, so that a backup that cannot be
// served is refused before it becomes a data directory. As StoreLoader: thread rule there.
#pragma once

#include <string>
#include <vector>

#include "keystore/revocation/revocation_index.h"
#include "keystore/store/store.h"
#include "keystore/vault/vault.h"

namespace signet {

class RestoreCheck final : public StoreLoader {
 public:
  // Both outlive this. What is revoked is put into `revocations`.
  RestoreCheck(const Vault& vault, RevocationIndex& revocations) : vault_(vault), revocations_(revocations) {}

  void on_tenant(TenantRow row) override {}
  void on_key(KeyRow row) override;
  void on_secret(SecretRow row) override;
  void on_dialect_record(DialectRecord&& record) override;
  void on_restore_point(const RestorePoint& point) override { revocations_.set_restore_point(point); }
  void on_revocations(std::span<const Revocation> revocations) override { revocations_.add(revocations); }
  void on_client(const Client& client) override {}

  // What does not open, the first of it; empty = everything does.
  const std::string& fault() const { return fault_; }
  const std::vector<std::string>& signing_keys() const { return signing_keys_; }

 private:
  void note(std::string fault);
  const Vault& vault_;
  RevocationIndex& revocations_;
  std::string fault_;
  std::vector<std::string> signing_keys_;
};

}  // namespace signet
