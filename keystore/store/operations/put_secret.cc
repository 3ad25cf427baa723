#include <fmt/format.h>

#include "keystore/store/keys.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/transaction.h"

namespace signet::store {
namespace {

class PutSecret : public OperationFor<void> {
 public:
  PutSecret(AuditActor actor, SecretRow secret, StoreDone<void> done)
      : OperationFor(std::move(done)), actor_(std::move(actor)), secret_(std::move(secret)) {}

  Outcome check_and_apply(Transaction& transaction) override {
    const bool has_nul = secret_.family.find('\0') != std::string::npos;
    if (secret_.family.empty() || has_nul || secret_.sealed.empty()) {
      return refuse(StoreErrorKind::kInvalid, "a secret needs a family and its sealed cell");
    }
    const std::string key = secret_key(secret_.family, secret_.version);
    // A version is written once: what it protects could not be opened with another.
    if (transaction.get(Family::kSecrets, key)) {
      return refuse(StoreErrorKind::kConflict,
                    fmt::format("version {} of secret {} exists already", secret_.version, secret_.family));
    }
    transaction.put(Family::kSecrets, key, encode_secret(secret_));
    transaction.publish(SecretPut{secret_});
    transaction.audit({.actor = actor_,
                       .tenant = kNoTenant,
                       .what = "secret.put",
                       .subject = secret_.family,
                       .after = fmt::format(R"({{"version":{}}})", secret_.version)});
    return {};
  }

 private:
  const AuditActor actor_;
  const SecretRow secret_;
};

}  // namespace

OperationPtr put_secret(AuditActor actor, SecretRow secret, StoreDone<void> done) {
  return OperationPtr(new PutSecret(std::move(actor), std::move(secret), std::move(done)));
}

}  // namespace signet::store
