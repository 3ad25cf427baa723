// RevocationFeeds: the tails of all tenants' feeds as one immutable snapshot, and FeedPublisher, who replaces it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "keystore/revocation/feed_tail.h"
#include "keystore/snapshot/published.h"

namespace signet {

// Immutable once published; valid until the reader's next quiescent state.
struct RevocationFeeds {
  struct TenantFeed {
    uint32_t tenant = 0;
    std::shared_ptr<const FeedTail> tail;
  };

  uint64_t epoch = 0;               // sequences mean nothing beyond their epoch
  uint64_t version = 0;             // grows with every publication
  std::vector<TenantFeed> tenants;  // with at least one entry ever; ordered by tenant

  // The tail of a tenant; an empty one when it never had an entry. Does not allocate.
  const FeedTail& of(uint32_t tenant) const;
};

// Thread rule: `load` any registered reader; the others one writer at a time (the committer, and before anything is
// served the opening thread).
class FeedPublisher {
 public:
  explicit FeedPublisher(QuiescentDomain& domain);

  // Wait-free.
  const RevocationFeeds& load() const { return feeds_.load(); }

  // open publishes what the store holds. `tenants` is in any order.
  void open(uint64_t epoch, std::vector<RevocationFeeds::TenantFeed> tenants);
  struct Addition {
    uint32_t tenant = 0;
    FeedEntry entry;
  };
  // add publishes further entries, of each tenant in the order of their sequences; all are seen at once.
  void add(std::vector<Addition> additions);
  void remove(uint32_t tenant);

 private:
  using TenantFeed = RevocationFeeds::TenantFeed;
  std::unique_ptr<RevocationFeeds> next() const;

  QuiescentDomain& domain_;
  Published<RevocationFeeds> feeds_;
};

}  // namespace signet
