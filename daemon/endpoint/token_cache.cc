#include "daemon/endpoint/token_cache.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

#include "protocol/base/copy_text.h"

namespace signet {
namespace {

constexpr uint8_t kNext = 3;     // replaced before all others
constexpr uint8_t kOnTrial = 2;  // outlives a few
constexpr uint32_t kTrialEvery = 32;

// Characters of a token's end, where its signature is: 192 bits that no two tokens have alike.
constexpr size_t kEnd = 32;

size_t sets_for(size_t entries) {
  return entries == 0 ? 0 : std::bit_ceil(std::max(entries, TokenCache::kWays)) / TokenCache::kWays;
}

}  // namespace

TokenCache::TokenCache(size_t entries) : sets_(sets_for(entries)), index_(sets_) {
  static_assert(sizeof(Entry) == kEntrySize && std::is_trivially_default_constructible_v<Entry>);
  // Not initialised: pages come with their first use.
  entries_.reset(new Entry[sets_ * kWays]);
}

uint64_t TokenCache::place_of(std::string_view text) const {
  return short_hash(key_, as_bytes(text.substr(text.size() - std::min(text.size(), kEnd))));
}

size_t TokenCache::way_of(size_t set, const Name& name) const {
  const uint64_t tag = tag_of(name.place);
  for (size_t way = 0; way < kWays; ++way) {
    if (index_[set].tags[way] != tag) continue;
    const Head& head = entries_[set * kWays + way].head;
    if (head.tenant == name.tenant && head.hash == short_hash_128(key_, as_bytes(name.text))) return way;
  }
  return kWays;
}

std::optional<TokenCache::Found> TokenCache::find(const Name& name) {
  if (sets_ == 0) return std::nullopt;
  const size_t set = set_of(name.place);
  const size_t way = way_of(set, name);
  if (way == kWays) return std::nullopt;
  index_[set].distance[way] = 0;
  const Entry& entry = entries_[set * kWays + way];
  return Found{entry.head.key_revision, CheckedTokenView(entry.head.token, entry.text.data())};
}

size_t TokenCache::way_for(Set& set, uint64_t tag) {
  const auto free = std::find(set.tags.begin(), set.tags.end(), 0);
  if (free != set.tags.end()) return static_cast<size_t>(free - set.tags.begin());
  const auto part = static_cast<uint32_t>(tag >> 32) | 1;  // never the 0 of a place without one
  const auto seen = std::find(set.seen.begin(), set.seen.end(), part);
  if (seen == set.seen.end()) {
    set.seen[refused_++ % kSeen] = part;
    return kWays;
  }
  *seen = 0;
  return victim_in(set);
}

size_t TokenCache::victim_in(Set& set) {
  const auto farthest = std::max_element(set.distance.begin(), set.distance.end());
  // All grow old together, so that what was hot once does not stay for ever.
  const auto step = static_cast<uint8_t>(kNext - *farthest);
  for (uint8_t& distance : set.distance) distance = static_cast<uint8_t>(distance + step);
  return static_cast<size_t>(farthest - set.distance.begin());
}

void TokenCache::put(const Name& name, uint64_t key_revision, CheckedTokenView token) {
  if (sets_ == 0 || token.text().size() > kTextMax) return;
  const size_t set = set_of(name.place);
  const uint64_t tag = tag_of(name.place);
  size_t way = way_of(set, name);
  if (way == kWays) way = way_for(index_[set], tag);
  if (way == kWays) return;
  Entry& entry = entries_[set * kWays + way];
  entry.head = {.hash = short_hash_128(key_, as_bytes(name.text)),
                .key_revision = key_revision,
                .tenant = name.tenant,
                .token = token.token()};
  copy_text(entry.text.data(), token.text());
  index_[set].tags[way] = tag;
  index_[set].distance[way] = ++puts_ % kTrialEvery == 0 ? kOnTrial : kNext;
}

void TokenCache::drop(const Name& name) {
  if (sets_ == 0) return;
  const size_t set = set_of(name.place);
  const size_t way = way_of(set, name);
  if (way != kWays) index_[set].tags[way] = 0;
}

}  // namespace signet
