#include "keystore/store/load_feeds.h"

#include "keystore/store/keys.h"
#include "keystore/store/rows.h"

namespace signet::store {
namespace {

using Result = std::expected<void, std::string>;

// The entries at the end of a feed, as many as are kept in memory and dense: what was dropped as expired takes what is
// older along.
class FeedEnd {
 public:
  explicit FeedEnd(const FeedRow& feed) : feed_(feed) {}

  // False: the row cannot be read, or is behind the end.
  bool take(std::string_view key, std::string_view value) {
    const auto stored = decode_revocation(key, value);
    if (!stored || stored->row.sequence > feed_.sequence) return false;
    if (!entries_.empty() && entries_.back().sequence + 1 != stored->row.sequence) entries_.clear();
    entries_.push_back(make_feed_entry(stored->row, stored->chain_hash));
    return true;
  }
  FeedTail finish() {
    if (!entries_.empty() && entries_.back().sequence != feed_.sequence) entries_.clear();
    return {feed_.sequence, feed_.chain_hash, std::move(entries_)};
  }

 private:
  const FeedRow feed_;
  std::vector<FeedEntry> entries_;
};

Result load_feed(const Database& database, uint32_t tenant, const FeedRow& feed, StoreLoader& loader) {
  FeedEnd end(feed);
  bool readable = true;
  const uint64_t first = feed.sequence > FeedTail::kEntries ? feed.sequence - FeedTail::kEntries + 1 : 1;
  const auto scanned =
      database.scan(Family::kRevocations, revocation_key(tenant, first), prefix_end(tenant_prefix(tenant)),
                    [&](auto key, auto value) { return readable = end.take(key, value); });
  if (!scanned) return std::unexpected(scanned.error().text);
  if (!readable) return std::unexpected(std::string("a record of the family revocations cannot be read"));
  loader.on_feed(tenant, end.finish());
  return {};
}

}  // namespace

std::expected<void, std::string> load_feeds(const Database& database, StoreLoader& loader) {
  Result result;
  const auto scanned = database.scan(Family::kFeeds, {}, {}, [&](auto key, auto value) {
    const auto tenant = key_tenant(key);
    const auto feed = decode_feed(value);
    if (!tenant || !feed) {
      result = std::unexpected(std::string("a record of the family feeds cannot be read"));
    } else {
      result = load_feed(database, *tenant, *feed, loader);
    }
    return result.has_value();
  });
  if (!scanned) return std::unexpected(scanned.error().text);
  return result;
}

}  // namespace signet::store
