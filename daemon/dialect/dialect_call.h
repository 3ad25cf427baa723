// DialectCall: one request at an endpoint of a dialect while a handler answers it.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/dialect/parameters.h"
#include "daemon/endpoint/worker_scope.h"
#include "protocol/dialect/dialect.h"
#include "protocol/dialect/dialect_router.h"

namespace signet {

class DialectService;

// The names of an exchange and of its endpoint, to answer it in a later iteration.
struct DialectPlace {
  http::ExchangeId exchange;
  uint64_t arrived_ns = 0;
  std::string dialect;
  std::string endpoint;
  std::optional<uint32_t> tenant;  // its number; nothing: none
};

// What answers an exchange: in its own iteration as part of a DialectCall, later on its own. Loop thread; views are
// valid until the next pass.
class DialectAnswers {
 public:
  DialectAnswers(WorkerScope& worker, http::Responder& responder, const http::ExchangeId& id, uint64_t arrived,
                 const Dialect& of_dialect, const DialectEndpoint* at)
      : scope(worker), out(responder), exchange(id), arrived_ns(arrived), dialect(of_dialect), endpoint(at) {}

  // The row of the endpoint for `condition`, else the dialect's; `extra` are complete header lines.
  void refuse(DialectCondition condition, std::string_view extra = {});
  // too_many_requests with Retry-After.
  void refuse_for_a_while(DialectCondition condition, uint32_t retry_after_s);
  // An answer of a handler's own making.
  void answer(int status, std::string_view body, std::string_view content_type = "application/json",
              std::string_view extra = {});
  // The row's answer rendered with `input`: what a file says of success.
  void answer(const DialectAnswer& row, const TemplateInput& input);
  WorkerScope& scope;
  http::Responder& out;
  const http::ExchangeId exchange;
  const uint64_t arrived_ns;
  const Dialect& dialect;
  const DialectEndpoint* endpoint;  // null for /verify?dialect=
  // For rows with path.NAME: by Dialect::capture_names.
  std::span<const std::string_view> path_values;

 private:
  void send(const DialectAnswer& row, const TemplateInput& input, std::string_view extra);
};

struct DialectCall : DialectAnswers {
  DialectCall(DialectService& of_service, WorkerScope& worker, const http::Request& asked, http::Responder& responder,
              const Dialect& of_dialect, const DialectEndpoint* at)
      : DialectAnswers(worker, responder, asked.id, asked.arrived_ns, of_dialect, at),
        service(of_service),
        request(asked) {}

  DialectService& service;
  const http::Request& request;
  const TenantKeys* tenant = nullptr;  // null: the request names a tenant that there is not, or that it may not name
  // Whose path the request came by; null at the root, where a dialect says itself how a request names its tenant. A
  // proxy may let somebody reach the paths of one tenant alone: they lead to no other.
  const TenantKeys* of_path = nullptr;
  void choose_tenant(const TenantKeys* named) { tenant = of_path == nullptr || of_path == named ? named : nullptr; }
  DialectCaptures captures;
  DialectParameters parameters;  // read before the handler is called
  bool again = false;            // served a second time after it waited: its tolls are paid

  // What {NAME} of the path captured; empty when the path has none.
  std::string_view capture(std::string_view name) const;
  // To go on with in a later iteration, as another call: it has the tenant, and neither parameters nor captures.
  DialectPlace place() const;
  // The number for look-ups that must fail like any other where there is no such tenant.
  uint32_t tenant_number() const { return tenant == nullptr ? UINT32_MAX : tenant->tenant; }
};

}  // namespace signet
