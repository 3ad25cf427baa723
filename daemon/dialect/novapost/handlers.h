// Nova Post's endpoint that is more than a credential and a token.
#pragma once

#include "daemon/dialect/dialect_call.h"

namespace signet {

void novapost_sandbox(DialectCall& call);  // POST /test-api-keys

}  // namespace signet
