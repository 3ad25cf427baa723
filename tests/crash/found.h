// Found: what a store holds when it is opened, and whether its audit chain is whole.
#pragma once

#include <mutex>
#include <string>

#include "keystore/store/store.h"
#include "tests/crash/ledger.h"

namespace signet::crash {

class Found : public StoreLoader {
 public:
  void on_tenant(TenantRow) override {}
  void on_key(KeyRow row) override { contents_.keys[row.kid] = 1; }
  void on_secret(SecretRow) override {}
  void on_client(const Client& client) override;

  // With the progress of imports, asked from the store.
  Contents contents(Store& store) const;

 private:
  std::mutex mutex_;
  Contents contents_;
};

// Of a closed store. Empty = whole.
std::string check_audit_chain(const std::string& data);

}  // namespace signet::crash
