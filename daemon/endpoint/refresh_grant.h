// RefreshGrant: grant_type=refresh_token (RFC 6749 section 6), and the families that client_credentials makes for
// clients that are to have one.
//
// What can fail is looked at before the store is asked; after the commit everything is looked up again. Should the
// answer fail then all the same, or the peer be gone, the client's retry gets the same successor: that is what the
// grace window is for.
#pragma once

#include "daemon/endpoint/pending_grant.h"
#include "daemon/endpoint/token_answer.h"
#include "protocol/oauth/token_request.h"

namespace signet {

// Loop thread only. `rotate` does not allocate in the steady state.
class RefreshGrant final : private PendingGrantSink {
 public:
  RefreshGrant(WorkerScope& scope, TokenAnswer& answer)
      : scope_(scope), answer_(answer), pending_(scope.mailbox, *this) {}
  ~RefreshGrant() = default;

  // Whether a client_credentials answer for this client holds a refresh token.
  static bool comes_with_credentials(const ClientRecord& client);

  // rotate decides about wanted.refresh_token. Without an error the exchange is answered in a later iteration.
  std::expected<void, ErrorReply> rotate(const http::Request& request, const TenantKeys& tenant,
                                         const ClientRecord& client, const TokenRequest& wanted);
  // create makes a family for what is granted, likewise; durable before the answer.
  std::expected<void, ErrorReply> create(const http::Request& request, const IssueRequest& issue);

  void set_responder(http::Responder* out) { responder_ = out; }
  // In every iteration, when its requests have been read: gives the store what `rotate` took.
  void hand_over() {
    if (pending_.to_hand_over()) pending_.hand_over(scope_.keystore.store());
  }
  void wait_for_store() { pending_.wait_for_store(); }

 private:
  void decided(PendingGrant& grant) override;
  std::expected<void, ErrorReply> check_can_sign(const TenantKeys& tenant, const ClientRecord& client,
                                                 std::span<const std::string_view> audience);
  std::expected<PendingGrant*, ErrorReply> take(const http::Request& request, const TenantKeys& tenant,
                                                const ClientRecord& client);
  std::expected<void, ErrorReply> refusal(RotationVerdict verdict) const;
  std::expected<void, ErrorReply> answer(PendingGrant& grant);
  void end(PendingGrant& grant);

  WorkerScope& scope_;
  TokenAnswer& answer_;
  http::Responder* responder_ = nullptr;
  PendingGrants pending_;
};

}  // namespace signet
