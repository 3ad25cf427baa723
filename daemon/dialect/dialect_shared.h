// DialectShared: what all workers' dialects read and the daemon's main thread writes.
#pragma once

#include "daemon/dialect/dialect_set.h"
#include "keystore/snapshot/published.h"

namespace signet {

class PasswordPool;

struct DialectShared {
  Published<DialectSet> set{std::make_unique<const DialectSet>()};
  PasswordPool* passwords = nullptr;  // outlives the workers; null: passwords are not checked (503)
};

}  // namespace signet
