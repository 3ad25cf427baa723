// FeedEntry: one entry of a tenant's revocation feed as followers read it, rendered once for all of them.
#pragma once

#include <cstdint>
#include <string>

#include "keystore/revocation/revocation.h"
#include "protocol/base/digest.h"

namespace signet {

struct FeedEntry {
  uint64_t sequence = 0;
  Sha256Digest chain_hash{};  // of the feed up to and including this entry, see feed_chain.h
  std::string json;           // {"seq","kind","value","issued_before","exp"}
};

// Any thread, allocates.
FeedEntry make_feed_entry(const RevocationRow& row, const Sha256Digest& chain_hash);

}  // namespace signet
