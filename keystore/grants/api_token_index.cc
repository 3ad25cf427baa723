#include "keystore/grants/api_token_index.h"

#include <cstring>

namespace signet {
namespace {

constexpr size_t kFirstEntries = 1024;
constexpr uint64_t kOdd = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio

uint16_t bucket_of(UnixSeconds expires_at) { return expires_at == 0 ? kBucketNever : revocation_bucket(expires_at); }

}  // namespace

ApiTokenIndex::ApiTokenIndex(QuiescentDomain& domain) : table_(domain, kFirstEntries, false) { note_figures(); }

RevocationHash ApiTokenIndex::fingerprint(uint32_t tenant, const ApiTokenId& id) {
  RevocationHash hash;
  std::memcpy(&hash.tag, id.data(), sizeof hash.tag);
  std::memcpy(&hash.rest, id.data() + sizeof hash.tag, sizeof hash.rest);
  hash.tag ^= tenant * kOdd;  // one id in two tenants is two tokens
  if (hash.tag < 2) hash.tag += 2;
  return hash;
}

// Before the table changes, whose stores release: a reader that sees the change sees the count.
void ApiTokenIndex::count_erasure() {
  erasures_.store(erasures_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

void ApiTokenIndex::put(const ApiTokenEntry& entry) {
  const RevocationHash place = fingerprint(entry.tenant, entry.id);
  if (table_.contains(place)) count_erasure();
  table_.put(place, bucket_of(entry.expires_at), 0);
  note_figures();
}

void ApiTokenIndex::put(std::span<const ApiTokenEntry> entries) {
  for (const ApiTokenEntry& entry : entries) {
    table_.put(fingerprint(entry.tenant, entry.id), bucket_of(entry.expires_at), 0);
  }
  note_figures();
}

void ApiTokenIndex::erase(uint32_t tenant, const ApiTokenId& id) {
  count_erasure();
  table_.erase(fingerprint(tenant, id));
  note_figures();
}

void ApiTokenIndex::maintain(UnixSeconds safe_now) {
  if (const uint16_t ended = revocation_buckets_ended(safe_now); ended > ended_) {
    ended_ = ended;
    table_.expire(ended);
  }
  table_.work();
  note_figures();
}

void ApiTokenIndex::note_figures() {
  entries_.store(table_.live(), std::memory_order_relaxed);
  bytes_.store(table_.bytes(), std::memory_order_relaxed);
}

}  // namespace signet
