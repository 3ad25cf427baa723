// Clock: acceptance of a jump of the wall clock, after which expiry and readiness go on.
#include "daemon/admin/routes.h"

namespace signet {

void accept_clock(AdminService& admin, const AdminRequest& request) {
  auto done = [&admin, id = request.id] {
    admin.scope().readiness_changed();
    admin.answer(id, {.status = 204});
  };
  admin.keystore().store().accept_clock(request.actor, admin.then<void>(request.id, done));
}

}  // namespace signet
