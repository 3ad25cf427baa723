// DialectSet: the dialects that this daemon serves, compiled, with the table of their paths. Immutable; replaced as a
// whole on reload.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "protocol/dialect/dialect.h"
#include "protocol/dialect/dialect_router.h"

namespace signet {

// Any thread for reading.
class DialectSet {
 public:
  DialectSet() = default;
  // build takes dialects of distinct names whose paths do not overlap; else a message for each that does.
  static std::expected<std::unique_ptr<const DialectSet>, std::vector<std::string>> build(
      std::vector<std::unique_ptr<const Dialect>> dialects);

  const DialectRouter& router() const { return router_; }
  std::span<const std::unique_ptr<const Dialect>> dialects() const { return dialects_; }
  // Null when there is none of that name. Does not allocate.
  const Dialect* find(std::string_view name) const;

 private:
  std::vector<std::unique_ptr<const Dialect>> dialects_;
  DialectRouter router_;
};

}  // namespace signet
