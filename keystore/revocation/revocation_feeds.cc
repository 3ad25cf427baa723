#include "keystore/revocation/revocation_feeds.h"

#include <algorithm>

namespace signet {
namespace {

const FeedTail kEmptyTail;

}  // namespace

const FeedTail& RevocationFeeds::of(uint32_t tenant) const {
  const auto found = std::ranges::lower_bound(tenants, tenant, {}, &TenantFeed::tenant);
  return found != tenants.end() && found->tenant == tenant ? *found->tail : kEmptyTail;
}

FeedPublisher::FeedPublisher(QuiescentDomain& domain)
    : domain_(domain), feeds_(std::make_unique<const RevocationFeeds>()) {}

std::unique_ptr<RevocationFeeds> FeedPublisher::next() const {
  auto next = std::make_unique<RevocationFeeds>(feeds_.load());
  ++next->version;
  return next;
}

void FeedPublisher::open(uint64_t epoch, std::vector<TenantFeed> tenants) {
  auto feeds = next();
  feeds->epoch = epoch;
  std::ranges::sort(tenants, {}, &TenantFeed::tenant);
  feeds->tenants = std::move(tenants);
  feeds_.publish(std::move(feeds), domain_);
}

void FeedPublisher::add(std::vector<Addition> additions) {
  if (additions.empty()) return;
  std::ranges::stable_sort(additions, {}, &Addition::tenant);
  auto feeds = next();
  std::vector<FeedEntry> entries;
  for (size_t at = 0; at < additions.size();) {
    const uint32_t tenant = additions[at].tenant;
    entries.clear();
    for (; at < additions.size() && additions[at].tenant == tenant; ++at) {
      entries.push_back(std::move(additions[at].entry));
    }
    auto tail = std::make_shared<const FeedTail>(feeds->of(tenant).with(entries));
    const auto place = std::ranges::lower_bound(feeds->tenants, tenant, {}, &TenantFeed::tenant);
    if (place != feeds->tenants.end() && place->tenant == tenant) {
      place->tail = std::move(tail);
    } else {
      feeds->tenants.insert(place, {tenant, std::move(tail)});
    }
  }
  feeds_.publish(std::move(feeds), domain_);
}

void FeedPublisher::remove(uint32_t tenant) {
  auto feeds = next();
  if (std::erase_if(feeds->tenants, [tenant](const TenantFeed& feed) { return feed.tenant == tenant; }) == 0) return;
  feeds_.publish(std::move(feeds), domain_);
}

}  // namespace signet
