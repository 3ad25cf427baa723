// grant_type=refresh_token: a user's API token, which stays as it is, or a service account's, which is replaced with
// each use.
#include <memory>

#include "daemon/dialect/dialect_service.h"
#include "daemon/dialect/vcloud/grants.h"
#include "daemon/dialect/vcloud/session.h"
#include "daemon/endpoint/mailbox.h"
#include "daemon/endpoint/refresh_successor.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

// Owned by itself until its mail is delivered or abandoned.
class Rotation final : public RefreshRotation, public Mail {
 public:
  explicit Rotation(DialectCall& call) : service_(call.service), home_(call.scope.mailbox), place_(call.place()) {
    service_.errands().fetch_add(1, std::memory_order_relaxed);
  }

  // The store's thread. This may be gone as soon as it is posted.
  void completed() override {
    std::atomic<size_t>& errands = service_.errands();
    home_.post(this);
    errands.fetch_sub(1, std::memory_order_release);
  }

  // Should the peer be gone, its retry gets the same successor: that is what the grace window is for.
  void deliver() override {
    const std::unique_ptr<Rotation> self(this);
    service_.answer_later(place_, [this](DialectCall& call) { decided(call); });
  }

 private:
  void decided(DialectCall& call) const;

  DialectService& service_;
  Mailbox& home_;
  const DialectPlace place_;
};

void Rotation::decided(DialectCall& call) const {
  report_rotation(call.scope, *this);
  if (verdict == RotationVerdict::kBusy || verdict == RotationVerdict::kUnavailable) {
    return call.refuse_for_a_while(DialectCondition::kUnavailable, 1);  // nothing was decided about the token
  }
  if (verdict != RotationVerdict::kRotated && verdict != RotationVerdict::kRepeated) {
    return call.refuse(DialectCondition::kInvalidGrant);
  }
  const ClientRecord* client = call.scope.keystore.clients().find(tenant, client_id);
  RefreshTokenText text;
  if (call.tenant == nullptr || client == nullptr || client->disabled() ||
      !write_granted_token(call.scope.keystore.family_keys(), *this, text)) {
    return call.refuse(DialectCondition::kInvalidGrant);
  }
  call.service.issuer().issue(call, {.client = *client,
                                     .subject = subject,
                                     .scope = granted_scope,
                                     .family = &presented.family,
                                     .refresh_token = text.text()});
}

// Whose it is the store finds out: these accounts have nothing else to show. A token that was replaced long ago is
// refused and the family lives, unless the dialect says otherwise; at the wrong tenant it is unknown and untouched.
void rotate(DialectCall& call, const RefreshToken& token) {
  const ServiceSettings& settings = call.scope.shared.settings.load();
  auto rotation = std::make_unique<Rotation>(call);
  rotation->presented = token;
  rotation->tenant = call.tenant_number();
  rotation->any_client = true;
  rotation->revoke_on_reuse = call.dialect.revoke_on_reuse;
  rotation->resources.add(kVcloudAudience);
  rotation->window_ms = settings.refresh_grace_s * 1000;
  rotation->idle_s = settings.refresh_idle_s;
  rotation->prepare(call.scope.keystore.family_keys());
  call.scope.keystore.store().rotate_family(*rotation.release());
}

}  // namespace

void vcloud_refresh(DialectCall& call) {
  const std::string_view text = call.parameters.form("refresh_token");
  if (text.empty()) return call.refuse(DialectCondition::kMalformedRequest);
  if (auto token = call.scope.keystore.family_keys().check_refresh_token(text)) {
    if (vcloud_admitted(call)) rotate(call, *token);
    return wipe(token->secret);
  }
  // Clients that know only one of the two try the provider's endpoint first and then the tenant's, with the same token.
  const auto caller =
      call.service.callers().authenticate(call, {.kind = ApiTokenKind::kVcloud, .failures_count = false});
  if (!caller) return;
  call.service.issuer().issue(call, {.client = *caller->client, .key = caller->key});
}

}  // namespace signet
