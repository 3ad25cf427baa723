// DialectService: the dialects' endpoints of one worker.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <typeindex>
#include <unordered_map>

#include "daemon/dialect/caller.h"
#include "daemon/dialect/dialect_shared.h"
#include "daemon/dialect/issuer.h"
#include "daemon/dialect/tenant_pseudonyms.h"
#include "daemon/dialect/token_check.h"
#include "daemon/endpoint/verify_endpoint.h"

namespace signet {

// Loop thread only.
class DialectService final : private DialectReserver, public DialectVerifier {
 public:
  // `front` is where requests come in: what has waited is served again through it. All outlive this.
  DialectService(WorkerScope& scope, const DialectShared& shared, http::Handler& front)
      : scope_(scope), shared_(shared), front_(front), callers_(scope, shared, *this), issuer_(scope) {}

  // serve answers a request at a dialect's path, now or later. False when no dialect has the path: nothing was done.
  // `path` is the request's, or what follows /t/{tenant}; `tenant` is whose path it is.
  bool serve(const http::Request& request, http::Responder& out, std::string_view path, const TenantKeys& tenant);
  // /verify?dialect=NAME. False when there is no such dialect, or one without tokens.
  bool verify(const http::Request& request, http::Responder& out, std::string_view name,
              const TenantKeys& tenant) override;

  // A token of this service was signed, or could not be.
  void signed_job(SigningJob& job, http::Responder& out) { issuer_.signed_job(job, out); }
  void failed_job(SigningJob& job, http::Responder& out, bool broken);

  // Whom results that come later are answered through, while the mailbox is emptied.
  void set_responder(http::Responder* out) { responder_ = out; }
  void wait_for_others() const;

  // --- for handlers ---
  DialectCallers& callers() { return callers_; }
  DialectIssuer& issuer() { return issuer_; }
  // What a handler keeps on this worker, made when it is first asked for; one of each type.
  template <typename State>
  State& state() {
    std::shared_ptr<void>& kept = states_[std::type_index(typeid(State))];
    if (kept == nullptr) kept = std::make_shared<State>();
    return *static_cast<State*>(kept.get());
  }
  // How many errands the store has; and what one does when it comes back (errand.h).
  std::atomic<size_t>& errands() { return errands_; }
  // False when `answer` was not called: nobody waits there any more, or the endpoint is gone and that was answered.
  bool answer_later(const DialectPlace& place, const std::function<void(DialectCall&)>& answer);
  // The tenant that a request names; null when there is none. Loop thread.
  const TenantKeys* tenant_named(const Dialect& dialect, std::string_view name) const;
  // Whether the call presents a living token of its dialect; else it has been answered, or waits.
  bool admit_bearer(DialectCall& call, DialectTokenHolder& holder);

 private:
  void serve_again(http::Request& request) override;
  void refuse_waiting(const http::Request& request, DialectCondition condition) override;
  bool refused_before(DialectCall& call);
  void handle(DialectCall& call);
  void pass(DialectCall& call, const DialectTokenHolder& holder);

  WorkerScope& scope_;
  const DialectShared& shared_;
  http::Handler& front_;
  bool again_ = false;                       // what is served has waited already
  std::optional<DialectCondition> refused_;  // and what came of it
  DialectCallers callers_;
  DialectIssuer issuer_;
  TenantPseudonyms pseudonyms_;
  std::unordered_map<std::type_index, std::shared_ptr<void>> states_;
  std::atomic<size_t> errands_{0};
  http::Responder* responder_ = nullptr;
};

}  // namespace signet
