#include <fmt/format.h>

#include <algorithm>

#include "keystore/store/operations/operations.h"
#include "keystore/store/operations/rules.h"
#include "keystore/store/transaction.h"

namespace signet::store {
namespace {

template <typename T>
void take(std::optional<T>& from, T& to) {
  if (from) to = std::move(*from);
}

class UpdateClient : public OperationFor<Client> {
 public:
  UpdateClient(AuditActor actor, uint32_t tenant, std::string client_id, ClientUpdate update, StoreDone<Client> done)
      : OperationFor(std::move(done)),
        actor_(std::move(actor)),
        tenant_(tenant),
        client_id_(std::move(client_id)),
        update_(std::move(update)) {}

  Outcome check_and_apply(Transaction& transaction) override {
    const auto before = transaction.client(tenant_, client_id_);
    if (!before) return no_such_client(client_id_);
    if (update_.if_revision && *update_.if_revision != before->revision) {
      return refuse(StoreErrorKind::kConflict, fmt::format("client {} was changed meanwhile", client_id_));
    }
    result_ = *before;
    change();
    if (auto checked = check_client(result_); !checked) return checked;
    carry_last_used(transaction, *before);
    transaction.put_client(result_);
    transaction.audit({.actor = actor_,
                       .tenant = tenant_,
                       .what = update_.what.empty() ? "client.update" : update_.what,
                       .subject = client_id_,
                       .before = audit_json_of(*before),
                       .after = audit_json_of(result_)});
    return {};
  }

 private:
  void change() {
    take(update_.grants, result_.grants);
    result_.flags = (result_.flags & ~update_.flags_clear.value_or(0)) | update_.flags_set.value_or(0);
    take(update_.scope, result_.scope);
    take(update_.audiences, result_.audiences);
    take(update_.introspect, result_.introspect);
    take(update_.algorithm, result_.algorithm);
    take(update_.ttl_s, result_.ttl_s);
    take(update_.secrets, result_.secrets);
    take(update_.password, result_.password);
  }

  // Minutes are kept by position: those of a secret that stays move with it.
  void carry_last_used(Transaction& transaction, const Client& before) {
    const auto same = [](const ClientSecret& a, const ClientSecret& b) { return a.hash == b.hash; };
    if (std::ranges::equal(before.secrets, result_.secrets, same)) return;
    const std::string key = client_key(tenant_, client_id_);
    const auto value = transaction.get(Family::kLastUsed, key);
    if (!value) return;
    const auto row = decode_last_used(key, *value);
    if (!row) return transaction.damaged(Family::kLastUsed, key);
    LastUsedRow moved{.tenant = tenant_, .client_id = client_id_};
    for (size_t now = 0; now < result_.secrets.size(); ++now) {
      for (size_t then = 0; then < before.secrets.size(); ++then) {
        if (same(result_.secrets[now], before.secrets[then])) moved.minutes[now] = row->minutes[then];
      }
    }
    transaction.put(Family::kLastUsed, key, encode_last_used(moved));
  }

  const AuditActor actor_;
  const uint32_t tenant_;
  const std::string client_id_;
  ClientUpdate update_;
};

}  // namespace

OperationPtr update_client(AuditActor actor, uint32_t tenant, std::string client_id, ClientUpdate update,
                           StoreDone<Client> done) {
  return OperationPtr(
      new UpdateClient(std::move(actor), tenant, std::move(client_id), std::move(update), std::move(done)));
}

}  // namespace signet::store
