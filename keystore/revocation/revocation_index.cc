#include "keystore/revocation/revocation_index.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "protocol/base/check.h"

namespace signet {
namespace {

constexpr size_t kFirstEntries = 4096;
constexpr size_t kFirstCriteria = 256;
// Longer values (no valid one is) are hashed by their digest: the buffer of a look-up stays small.
constexpr size_t kValueMax = 512;

bool is_entry(RevocationKind kind) { return !is_criterion(kind); }

}  // namespace

RevocationIndex::RevocationIndex(QuiescentDomain& domain)
    : key_(random_short_hash_key()), entries_(domain, kFirstEntries, false), criteria_(domain, kFirstCriteria, true) {}

RevocationHash RevocationIndex::hash(uint32_t tenant, RevocationKind kind, std::string_view value) const {
  std::array<uint8_t, 5 + kValueMax> message;
  std::memcpy(message.data(), &tenant, 4);
  message[4] = static_cast<uint8_t>(kind);
  size_t size = value.size();
  if (size > kValueMax) {
    const Sha256Digest digest = sha256(as_bytes(value));
    std::memcpy(message.data() + 5, digest.data(), digest.size());
    size = digest.size();
    message[4] |= 0x80;  // no shorter value has this hash's input
  } else if (size != 0) {
    std::memcpy(message.data() + 5, value.data(), size);
  }
  const KeyedHash128 hash = short_hash_128(key_, {message.data(), 5 + size});
  RevocationHash out;
  std::memcpy(&out.tag, hash.data(), 8);
  std::memcpy(&out.rest, hash.data() + 8, 2);
  if (out.tag < 2) out.tag += 2;
  return out;
}

bool RevocationIndex::contains(uint32_t tenant, RevocationKind kind, std::string_view value) const {
  SIGNET_CHECK(is_entry(kind));
  return any(kind) && entries_.contains(hash(tenant, kind, value));
}

UnixMs RevocationIndex::issued_before(uint32_t tenant, RevocationKind kind, std::string_view value) const {
  SIGNET_CHECK(is_criterion(kind));
  return any(kind) ? criteria_.time_of(hash(tenant, kind, value)) : 0;
}

bool RevocationIndex::criterion_holds(uint32_t tenant, RevocationKind kind, std::string_view value,
                                      UnixMs issued_ms) const {
  const UnixMs before = issued_before(tenant, kind, value);
  return before != 0 && issued_ms <= before;
}

bool RevocationIndex::tenant_criterion_holds(const TokenFacts& token) const {
  UnixMs before = issued_before(token.tenant, RevocationKind::kTenant, {});
  if (token.of != CredentialKind::kAccessToken && before != 0 && before == restore_point_.at_ms) {
    const auto known = std::ranges::find(restore_point_.grants, token.tenant, &RestorePoint::TenantTime::tenant);
    before = known == restore_point_.grants.end() ? 0 : known->issued_before_ms;
  }
  return before != 0 && token.issued_ms <= before;
}

void RevocationIndex::set_restore_point(RestorePoint point) {
  restore_point_ = std::move(point);
  api_tokens_suspended_ms_.store(restore_point_.api_tokens_suspended_ms, std::memory_order_release);
}

bool RevocationIndex::revoked(const TokenFacts& token) const {
  using enum RevocationKind;
  const auto entry = [&](RevocationKind kind, std::string_view value) {
    return !value.empty() && contains(token.tenant, kind, value);
  };
  const auto criterion = [&](RevocationKind kind, std::string_view value) {
    return criterion_holds(token.tenant, kind, value, token.issued_ms);
  };
  return entry(kToken, token.jti) || entry(kTokenHash, token.token_hash) || entry(kFamily, token.family) ||
         (!token.client_id.empty() && criterion(kClient, token.client_id)) ||
         (!token.subject.empty() && criterion(kSubject, token.subject)) || tenant_criterion_holds(token) ||
         (!token.kid.empty() && criterion(kKey, token.kid)) ||
         (token.of == CredentialKind::kFamily && token.issued_ms <= restore_point_.families_ended_ms);
}

void RevocationIndex::reserve(size_t entries) { entries_.reserve(entries); }

void RevocationIndex::put(const Revocation& revocation, RevocationHash hashed) {
  const uint16_t bucket = revocation_bucket(revocation.expires_at);
  if (is_criterion(revocation.kind)) {
    criteria_.put(hashed, bucket, revocation.issued_before_ms);
  } else {
    entries_.put(hashed, bucket, 0);
  }
  seen_[static_cast<size_t>(revocation.kind)].store(true, std::memory_order_release);
}

void RevocationIndex::note_figures() {
  entry_count_.store(entries_.live(), std::memory_order_relaxed);
  criteria_count_.store(criteria_.live(), std::memory_order_relaxed);
  bytes_.store(entries_.bytes() + criteria_.bytes(), std::memory_order_relaxed);
}

void RevocationIndex::add(const Revocation& revocation) {
  put(revocation, hash(revocation.tenant, revocation.kind, revocation.value));
  note_figures();
}

void RevocationIndex::add(std::span<const Revocation> revocations) {
  for (size_t from = 0; from < revocations.size(); from += ahead_.size()) {
    const auto some = revocations.subspan(from, std::min(ahead_.size(), revocations.size() - from));
    for (size_t i = 0; i < some.size(); ++i) {
      ahead_[i] = hash(some[i].tenant, some[i].kind, some[i].value);
      if (is_entry(some[i].kind)) entries_.prefetch(ahead_[i]);
    }
    for (size_t i = 0; i < some.size(); ++i) put(some[i], ahead_[i]);
  }
  note_figures();
}

void RevocationIndex::maintain(UnixSeconds safe_now) {
  if (const uint16_t ended = revocation_buckets_ended(safe_now - kRevocationMarginS); ended > ended_) {
    ended_ = ended;
    entries_.expire(ended);
    criteria_.expire(ended);
  }
  entries_.work();
  criteria_.work();
  note_figures();
}

RevocationIndex::Figures RevocationIndex::figures() const {
  return {.entries = entry_count_.load(std::memory_order_relaxed),
          .criteria = criteria_count_.load(std::memory_order_relaxed),
          .bytes = bytes_.load(std::memory_order_relaxed)};
}

}  // namespace signet
