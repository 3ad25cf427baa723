#include "daemon/admin/key_supply.h"

#include <fmt/format.h>

#include <algorithm>

namespace signet {
namespace {

bool has_key(AdminService& admin, const KeyNeed& need) {
  const TenantKeys* tenant = admin.keystore().keys().tenant(need.tenant);
  return tenant != nullptr && tenant->active(need.algorithm, need.audience) != nullptr;
}

}  // namespace

KeyNeed key_need(const Client& client) {
  bool symmetric = is_symmetric(client.algorithm) && client.audiences.size() == 1;
  return {.tenant = client.tenant,
          .algorithm = client.algorithm,
          .audience = symmetric ? client.audiences.front() : std::string()};
}

void with_keys(AdminService& admin, const http::ExchangeId& id, const AuditActor& actor, std::vector<KeyNeed> needs,
               const std::function<void()>& next) {
  std::erase_if(needs, [&](const KeyNeed& need) { return has_key(admin, need); });
  for (const KeyNeed& need : needs) {
    if (!is_symmetric(need.algorithm)) continue;
    auto name = jws_algorithm_name(need.algorithm);
    return admin.refuse(id, AdminErrorKind::kInvalid,
                        fmt::format("there is no {0} key for the audience {1} yet; make it first: signetctl key add "
                                    "--alg {0} --audience '{1}'",
                                    name, need.audience));
  }
  if (needs.empty()) return next();
  KeyNeed need = needs.back();
  needs.pop_back();
  auto done = [&admin, id, actor, needs, next](std::expected<KeyRow, StoreError> row) {
    // A conflict: someone else made it meanwhile.
    bool good = row || row.error().kind == StoreErrorKind::kConflict;
    StoreError error = good ? StoreError{} : row.error();
    admin.post([&admin, id, actor, needs, next, good, error] {
      if (!good) return admin.answer(id, error_answer(error));
      with_keys(admin, id, actor, needs, next);
    });
  };
  admin.keystore().generate_key(actor, need.tenant, {.algorithm = need.algorithm}, std::move(done));
}

}  // namespace signet
