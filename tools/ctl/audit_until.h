// Up to where `audit export` and `audit prune` go: --before TIME, or --older-than DURATION.
#pragma once

#include <optional>
#include <string>

#include "tools/ctl/audit_pages.h"

namespace signet::ctl {

struct AuditUntil {
  std::optional<std::string> before, older_than;

  void bind(Arguments& arguments);
  bool given() const { return before || older_than; }
  // The instant. A Failure of wrong usage when it is not exactly one, or none that can be read.
  std::expected<UnixMs, Failure> instant() const;
};

}  // namespace signet::ctl
