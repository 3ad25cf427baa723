// /healthz (the process serves) and /readyz (it should be given traffic).
#pragma once

#include "daemon/endpoint/worker_scope.h"

namespace signet {

void serve_health(WorkerScope& scope, const http::Request& request, http::Responder& out);
void serve_ready(WorkerScope& scope, const http::Request& request, http::Responder& out);

}  // namespace signet
