// RestorePoint: what a restored backup must not revive, and what it may (keystore/backup/README.md).
//
// A restore writes "tenant, issued before" for every tenant, which ends all access tokens. Grants (refresh families,
// API tokens) are older than that by nature: those entries spare them, and two times of their own speak of them
// instead.
#pragma once

#include <cstdint>
#include <vector>

#include "protocol/base/time.h"

namespace signet {

struct RestorePoint {
  // What a tenant's entry said of its grants before the restore took its place.
  struct TenantTime {
    uint32_t tenant = 0;
    UnixMs issued_before_ms = 0;
    bool operator==(const TenantTime&) const = default;
  };

  UnixMs at_ms = 0;                    // entries of exactly this time spare grants; 0 = there are none
  UnixMs families_ended_ms = 0;        // families made until then are over; 0 = none
  UnixMs api_tokens_suspended_ms = 0;  // API tokens made until then wait for `backup accept`; 0 = none
  std::vector<TenantTime> grants;      // of tenants that had an entry, for at_ms
  bool operator==(const RestorePoint&) const = default;
};

}  // namespace signet
