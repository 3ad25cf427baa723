// The handlers of dialects' endpoints that are more than a credential and a token: one file each, listed in
// handler_table.cc under the name that dialect files use.
#pragma once

#include <span>
#include <string_view>

#include "daemon/dialect/dialect_call.h"

namespace signet {

// Answers the call, now or later; exactly one answer.
using DialectHandler = void (*)(DialectCall& call);

struct DialectHandlerEntry {
  std::string_view name;
  DialectHandler handle;
};

// In the order that DialectFileOptions::handlers has them. Static storage.
std::span<const DialectHandlerEntry> dialect_handlers();

}  // namespace signet
