// DialectCallers: who asks at an endpoint of a dialect. Secrets are checked at once; a person's password from the cache
// of those found right lately, else by the pool, and an API key from the cache, else by the store: then the request
// waits and is served again.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/dialect/credential.h"
#include "daemon/dialect/dialect_call.h"
#include "daemon/dialect/dialect_shared.h"
#include "daemon/dialect/key_cache.h"
#include "daemon/dialect/password_cache.h"
#include "daemon/dialect/waiting.h"
#include "keystore/clients/client.h"
#include "keystore/grants/api_token.h"

namespace signet {

struct DialectCaller {
  const ClientRecord* client = nullptr;  // enabled; valid until the next pass
  const ApiToken* key = nullptr;         // what it presented, if that was an API key; valid likewise
};

// What a bearer key is for at an endpoint.
struct DialectKeyUse {
  ApiTokenKind kind = ApiTokenKind::kApiKey;
  // Whether a wrong one counts against the peer's address. Not where honest clients try one at several tenants.
  bool failures_count = true;
};

// How what has waited goes on.
class DialectReserver {
 public:
  virtual void serve_again(http::Request& request) = 0;
  // It is answered without being served again.
  virtual void refuse_waiting(const http::Request& request, DialectCondition condition) = 0;

 protected:
  ~DialectReserver() = default;
};

// Loop thread only.
class DialectCallers final : public WaitingSink {
 public:
  DialectCallers(WorkerScope& scope, const DialectShared& shared, DialectReserver& reserver);
  ~DialectCallers();  // wait_for_others has been called
  DialectCallers(const DialectCallers&) = delete;
  DialectCallers& operator=(const DialectCallers&) = delete;

  // Who presents the credential of the endpoint; nothing when the call has been answered or waits.
  std::optional<DialectCaller> authenticate(DialectCall& call, const DialectKeyUse& use = {});
  // What an API key's id stands for now: from the cache, else the call waits (`waits` is set and nothing given). Null
  // when it stands for nothing any more.
  const ApiToken* key_of(DialectCall& call, const ApiTokenId& id, ApiTokenKind kind, bool& waits);
  // The client of a key, if both may still be used.
  const ClientRecord* client_of(const ApiToken& key) const;

  // Blocks until neither pool nor store has anything of this worker. The loop has ended.
  void wait_for_others() const;

  void password_checked(std::unique_ptr<WaitingPassword> waiting) override;
  void key_redeemed(std::unique_ptr<WaitingKey> waiting) override;

 private:
  std::optional<DialectCaller> by_secret(DialectCall& call, const PresentedCredential& credential);
  std::optional<DialectCaller> by_key(DialectCall& call, std::string_view text, const DialectKeyUse& use);
  bool counts_failures(const http::Request& request) const;
  void ask_pool(DialectCall& call, const ClientRecord* client, const PresentedCredential& credential);
  bool ask_store(DialectCall& call, const ApiTokenId& id, ApiTokenKind kind);
  std::optional<DialectCaller> admitted(DialectCall& call, const DialectCaller& caller);
  void refuse_wrong_key(DialectCall& call, const DialectKeyUse& use);

  WorkerScope& scope_;
  const DialectShared& shared_;
  DialectReserver& reserver_;
  PasswordCache passwords_;
  KeyCache keys_;
  BucketTable failed_passwords_;  // by account and address
  std::atomic<size_t> elsewhere_{0};
};

}  // namespace signet
