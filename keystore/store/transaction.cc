#include "keystore/store/transaction.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "keystore/store/keys.h"

namespace signet::store {

Transaction::Transaction(Database& database, SafeTime& time, const CommitState& state,
                         const RevocationIndex* revocations)
    : database_(database), time_(time), revocations_(revocations), batch_(database), empty_bytes_(batch_.size_bytes()) {
  restart(state);
}

void Transaction::restart(const CommitState& state) {
  batch_.clear();
  written_.clear();
  undo_.clear();
  changes_.clear();
  touched_ = false;
  state_ = state;
  ++state_.commit;
  state_.time = time_.observe();
  now_ms_ = time_.wall_ms();
}

uint64_t Transaction::client_removals() const {
  const auto is_removal = [](const StoreChange& change) { return std::holds_alternative<ClientRemoved>(change); };
  return removed_by_commits_before_ + static_cast<uint64_t>(std::ranges::count_if(changes_, is_removal));
}

void Transaction::committed() {
  removed_by_commits_before_ = client_removals();
  for (const auto& [place, value] : written_) {
    if (place[0] != static_cast<char>(Family::kRefreshFamilies)) continue;
    const std::string_view key = std::string_view(place).substr(1);
    value ? recent_families_.put(key, *value) : recent_families_.erase(key);
  }
}

void Transaction::read_families_ahead(std::vector<std::string>& keys) {
  std::erase_if(keys, [this](const std::string& key) { return recent_families_.find(key).has_value(); });
  if (keys.size() < 2) return;
  database_.get_many(Family::kRefreshFamilies, keys,
                     [this](std::string_view key, std::string_view value) { recent_families_.put(key, value); });
}

std::string Transaction::place_of(Family family, std::string_view key) {
  std::string place;
  place.reserve(key.size() + 1);
  place.push_back(static_cast<char>(family));
  place.append(key);
  return place;
}

std::optional<std::string> Transaction::get(Family family, std::string_view key) {
  if (!written_.empty()) {
    const auto found = written_.find(place_of(family, key));
    if (found != written_.end()) return found->second;
  }
  if (family == Family::kRefreshFamilies) {
    if (const auto recent = recent_families_.find(key)) return std::string(*recent);
  }
  auto value = database_.get(family, key);
  if (!value) {
    fail(value.error());
    return std::nullopt;
  }
  return std::move(*value);
}

void Transaction::scan(Family family, std::string_view prefix, const Database::Visit& visit) {
  // Copied, because `visit` may write.
  std::map<std::string, Value, std::less<>> written;
  const std::string place = place_of(family, prefix);
  for (const auto& [at, value] : written_) {
    if (at.starts_with(place)) written.emplace(at.substr(1), value);
  }
  bool more = true;
  const auto scanned = database_.scan(family, prefix, prefix_end(prefix), [&](auto key, auto value) {
    if (written.find(key) == written.end()) more = visit(key, value);
    return more;
  });
  if (!scanned) return fail(scanned.error());
  for (const auto& [key, value] : written) {
    if (!more) return;
    if (value) more = visit(key, *value);
  }
}

void Transaction::scan_committed(Family family, std::string_view from, std::string_view to,
                                 const Database::Visit& visit) {
  if (const auto scanned = database_.scan(family, from, to, visit); !scanned) fail(scanned.error());
}

void Transaction::forget_client(std::string_view place) {
  if (!place.empty() && place[0] == static_cast<char>(Family::kClients))
    client_flags_.erase(std::string(place.substr(1)));
}

void Transaction::set(Family family, std::string_view key, Value value) {
  std::string place = place_of(family, key);
  forget_client(place);
  const auto [at, fresh] = written_.try_emplace(place);
  undo_.push_back({std::move(place), fresh ? std::nullopt : std::optional<Value>(std::move(at->second))});
  at->second = std::move(value);
}

void Transaction::put(Family family, std::string_view key, std::string value) {
  batch_.put(family, key, value);
  set(family, key, std::move(value));
}

void Transaction::erase(Family family, std::string_view key) {
  batch_.erase(family, key);
  set(family, key, std::nullopt);
}

std::optional<Client> Transaction::client(uint32_t tenant, std::string_view client_id) {
  const auto key = client_key(tenant, client_id);
  const auto value = get(Family::kClients, key);
  if (!value) return std::nullopt;
  Client client{.tenant = tenant, .client_id = std::string(client_id)};
  if (codec_.decode(*value, client)) return client;
  damaged(Family::kClients, key);
  return std::nullopt;
}

std::optional<uint32_t> Transaction::client_flags(uint32_t tenant, std::string_view client_id) {
  constexpr size_t kRememberedMax = 16'384;  // some 2 MiB; more clients that refresh than this are asked for anew
  std::string key = client_key(tenant, client_id);
  if (const auto found = client_flags_.find(key); found != client_flags_.end()) return found->second;
  const auto row = client(tenant, client_id);
  if (failure_) return std::nullopt;
  const auto flags = row ? std::optional(row->flags) : std::nullopt;
  if (client_flags_.size() >= kRememberedMax) client_flags_.clear();
  client_flags_.emplace(std::move(key), flags);
  return flags;
}

void Transaction::put_client(Client& client) {
  client.revision = next_revision();
  put(Family::kClients, client_key(client.tenant, client.client_id), codec_.encode(client));
  publish(ClientPut{client});
}

bool Transaction::tenant_exists(uint32_t number) { return get(Family::kTenants, tenant_key(number)).has_value(); }

std::optional<TenantRow> Transaction::tenant(uint32_t number) {
  const auto value = get(Family::kTenants, tenant_key(number));
  auto row = value ? decode_tenant(number, *value) : std::nullopt;
  if (value && !row) damaged(Family::kTenants, tenant_key(number));
  return row;
}

uint64_t Transaction::client_count(uint32_t tenant) {
  if (const auto known = client_counts_.find(tenant)) return *known;
  uint64_t clients = 0;
  scan(Family::kClients, tenant_prefix(tenant), [&](auto, auto) {
    ++clients;
    return true;
  });
  client_counts_.counted(tenant, clients);
  return clients;
}

std::optional<TenantRow> Transaction::tenant_by_name(std::string_view name) {
  const auto number_value = get(Family::kTenants, tenant_name_key(name));
  if (!number_value) return std::nullopt;
  const auto number = decode_tenant_number(*number_value);
  const auto value = number ? get(Family::kTenants, tenant_key(*number)) : std::nullopt;
  auto row = value ? decode_tenant(*number, *value) : std::nullopt;
  if (!row) damaged(Family::kTenants, tenant_name_key(name));
  return row;
}

void Transaction::publish(StoreChange change) { changes_.push_back(std::move(change)); }

void Transaction::audit(const AuditEntry& entry) {
  auto row = next_audit_row(entry, now_ms_, state_.commit, state_);
  put(Family::kAudit, row.key, std::move(row.value));
}

void Transaction::audit_issuance(std::string_view lines) {
  static const AuditActor kActor{.via = "issuance"};
  audit({.actor = kActor,
         .tenant = kNoTenant,
         .what = kTokenIssued,
         .subject = {},
         .before = {},
         .after = {},
         .issued = lines});
}

void Transaction::prune_audit(uint64_t last, const Sha256Digest& hash) {
  const uint64_t first = state_.audit_log.base_sequence + 1;
  batch_.erase_range(Family::kAudit, row_key(kNoTenant, first), row_key(kNoTenant, last + 1));
  state_.audit_log.base_sequence = last;
  state_.audit_log.base_hash = hash;
}

namespace {

bool concerns(const Revocation& revocation, const TokenFacts& facts) {
  if (revocation.tenant != facts.tenant) return false;
  const bool issued_then = facts.issued_ms <= revocation.issued_before_ms;
  switch (revocation.kind) {
    case RevocationKind::kToken:
      return !facts.jti.empty() && revocation.value == facts.jti;
    case RevocationKind::kTokenHash:
      return !facts.token_hash.empty() && revocation.value == facts.token_hash;
    case RevocationKind::kFamily:
      return !facts.family.empty() && revocation.value == facts.family;
    case RevocationKind::kClient:
      return issued_then && !facts.client_id.empty() && revocation.value == facts.client_id;
    case RevocationKind::kSubject:
      return issued_then && !facts.subject.empty() && revocation.value == facts.subject;
    case RevocationKind::kTenant:
      return issued_then;
    case RevocationKind::kKey:
      return issued_then && !facts.kid.empty() && revocation.value == facts.kid;
  }
  return false;
}

}  // namespace

bool Transaction::revoked(const TokenFacts& facts) const {
  if (revocations_ != nullptr && revocations_->revoked(facts)) return true;
  for (const StoreChange& change : changes_) {
    const auto* put = std::get_if<RevocationPut>(&change);
    if (put != nullptr && concerns(put->row.revocation, facts)) return true;
  }
  return false;
}

UnixMs Transaction::issued_before(const Revocation& criterion) const {
  UnixMs before =
      revocations_ == nullptr ? 0 : revocations_->issued_before(criterion.tenant, criterion.kind, criterion.value);
  for (const StoreChange& change : changes_) {
    const auto* put = std::get_if<RevocationPut>(&change);
    if (put == nullptr) continue;
    const Revocation& other = put->row.revocation;
    if (other.tenant == criterion.tenant && other.kind == criterion.kind && other.value == criterion.value) {
      before = std::max(before, other.issued_before_ms);
    }
  }
  return before;
}

void Transaction::accept_clock() {
  state_.time = time_.accept();
  now_ms_ = time_.wall_ms();
  touch();
}

void Transaction::damaged(Family family, std::string_view key) {
  failure_ = fmt::format("a record of family {} cannot be read (tenant {})", static_cast<int>(family),
                         key_tenant(key).value_or(kNoTenant));
}

void Transaction::begin_operation() {
  batch_.save();
  undo_.clear();
  client_counts_.begin_operation();
  state_before_operation_ = state_;
  changes_before_operation_ = changes_.size();
}

void Transaction::keep_operation() { batch_.keep(); }

void Transaction::drop_operation() {
  batch_.roll_back();
  for (auto undo = undo_.rbegin(); undo != undo_.rend(); ++undo) {
    forget_client(undo->place);
    if (undo->before) {
      written_[undo->place] = std::move(*undo->before);
    } else {
      written_.erase(undo->place);
    }
  }
  undo_.clear();
  client_counts_.undo();
  state_ = state_before_operation_;
  changes_.resize(changes_before_operation_);
}

void Transaction::finish() {
  state_.chain_hash = next_chain_hash(state_.chain_hash, state_.commit, batch_.contents());
  batch_.put(Family::kMeta, row_key(kNoTenant, kStateName), encode_state(state_));
  batch_.put(Family::kCommits, commit_key(state_.commit), encode_commit(state_.commit, state_.chain_hash));
}

}  // namespace signet::store
