// ApiTokenIndex: a fingerprint of every live API token, so that a forged one is told without the store. It says "there
// may be such a token" or "there is none"; what the token stands for, and whether it still holds, is in its row.
//
// Invariants: one writer, the store's committer (and the opening thread before anything is served); readers are
// registered with the QuiescentDomain given, or are the writer itself. What was put is seen by every look-up that
// begins after the creation was answered, what was erased by none that begins after the removal was.
// A fingerprint is 80 bits of the id, mixed with the tenant: ids are keyed hashes, so nobody can choose them. Among ten
// million tokens a forged one passes once in 10^17 look-ups, and then its row is not found.
#pragma once

#include <atomic>
#include <span>

#include "keystore/grants/api_token.h"
#include "keystore/revocation/growing_table.h"

namespace signet {

// What the index takes of a token.
struct ApiTokenEntry {
  uint32_t tenant = 0;
  ApiTokenId id{};
  UnixSeconds expires_at = 0;  // 0 = never
};

class ApiTokenIndex {
 public:
  explicit ApiTokenIndex(QuiescentDomain& domain);

  // --- readers: wait-free, does not allocate ---
  bool may_contain(uint32_t tenant, const ApiTokenId& id) const { return table_.contains(fingerprint(tenant, id)); }
  // How often something was erased or replaced, counted before that is visible. Who reads it, then asks the store what
  // a token stands for, may keep the answer while the number stays the same: no token was removed since. What ends a
  // token besides (expiry, its client, a revocation) is not counted.
  uint64_t erasures() const { return erasures_.load(std::memory_order_acquire); }

  // --- the writer; allocates ---
  void reserve(size_t entries) { table_.reserve(entries); }  // before many `put`: spares the copies
  void put(const ApiTokenEntry& entry);
  void put(std::span<const ApiTokenEntry> entries);  // new ones: replacements are not counted
  void erase(uint32_t tenant, const ApiTokenId& id);
  // maintain drops some of what had expired by `safe_now` (the store's expiry time; 0 drops nothing) and goes on with a
  // copy under way. To be called with every commit; bounded work.
  void maintain(UnixSeconds safe_now);

  // Any thread; approximate while the writer works.
  size_t entries() const { return entries_.load(std::memory_order_relaxed); }
  size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  static RevocationHash fingerprint(uint32_t tenant, const ApiTokenId& id);
  void note_figures();
  void count_erasure();

  GrowingTable table_;
  uint16_t ended_ = 0;                 // buckets below have been handed to the table
  std::atomic<uint64_t> erasures_{0};  // written by the writer alone
  std::atomic<size_t> entries_{0};
  std::atomic<size_t> bytes_{0};
};

}  // namespace signet
