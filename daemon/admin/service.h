// AdminService: the handler of the admin socket. Checks a request's form, finds its route, and gives the resource's
// function everything it needs; completions of the keystore come back to the loop through it.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "daemon/admin/answer.h"
#include "daemon/admin/client_listing.h"
#include "daemon/endpoint/service_shared.h"
#include "daemon/http/server_loop.h"
#include "keystore/keystore.h"
#include "protocol/json/value.h"
#include "protocol/oauth/form.h"

namespace signet {

struct DialectShared;

// What the server says of itself to `status`.
struct ServerStatus {
  std::string_view version;
  uint64_t uptime_s = 0;
  size_t workers = 0;
  std::vector<std::string> not_ready_reasons;
};

// All borrowed; must outlive the service.
struct AdminScope {
  Keystore& keystore;
  const ServiceShared& shared;
  const DialectShared* dialects = nullptr;  // null: none are served
  std::string issuance_directory{};         // of the log of issued tokens; need not be there
  std::function<ServerStatus()> status;     // loop thread
  std::function<void()> readiness_changed;  // loop thread: look again at once
  std::function<void()> seal;               // loop thread: stop, and start again sealed
};

// One request as the resources see it. Valid during the call only: what is needed later is copied.
struct AdminRequest {
  http::ExchangeId id;
  std::vector<std::string_view> arguments;  // the {} parts of the route's path, in order
  const FormParameters& query;
  const JsonValue& body;  // an object
  AuditActor actor;
};

// Thread rule: the admin loop's thread, but for what the functions made by `then` do when called.
class AdminService final : public http::Handler {
 public:
  static constexpr size_t kBodySizeMax = size_t{8} * 1024 * 1024;  // a chunk of an import

  explicit AdminService(AdminScope scope) : scope_(std::move(scope)) {}
  // The loop this service is the handler of; before the first request.
  void attach(http::ServerLoop& loop) { loop_ = &loop; }

  std::optional<size_t> on_head(const http::Request& request, http::Responder& responder) override;
  void on_request(const http::Request& request, http::Responder& responder) override;

  // --- for the resources ---
  Keystore& keystore() { return scope_.keystore; }
  const AdminScope& scope() const { return scope_; }
  const ServiceSettings& settings() const { return scope_.shared.settings.load(); }

  ClientListing& listing() { return listing_; }

  // Answers exchange `id`; a no-op when its peer is gone.
  void answer(const http::ExchangeId& id, const AdminAnswer& answer);
  void refuse(const http::ExchangeId& id, AdminErrorKind kind, std::string_view message) {
    answer(id, error_answer(kind, message));
  }

  // The tenant of the request's `tenant` parameter (absent: default). Null when unknown, and then answered.
  const TenantKeys* tenant_of(const AdminRequest& request);
  const TenantKeys* tenant_named(std::string_view name);  // empty: default

  // Runs `task` on the loop; any thread.
  void post(std::function<void()> task) { loop_->post(std::move(task)); }

  // A completion that runs `next(result)` on the loop when all went well and else answers with the store's error.
  template <typename T, typename Next>
  StoreDone<T> then(const http::ExchangeId& id, Next next) {
    return [this, id, next = std::move(next)](std::expected<T, StoreError> result) {
      // std::function wants copyable targets, and not every result is.
      auto shared = std::make_shared<std::expected<T, StoreError>>(std::move(result));
      post([this, id, next, shared]() mutable {
        if (!*shared) return answer(id, error_answer(shared->error()));
        if constexpr (std::is_void_v<T>) {
          next();
        } else {
          next(**shared);
        }
      });
    };
  }

 private:
  AdminScope scope_;
  http::ServerLoop* loop_ = nullptr;
  ClientListing listing_;
};

}  // namespace signet
