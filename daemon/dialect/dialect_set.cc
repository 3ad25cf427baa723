#include "daemon/dialect/dialect_set.h"

#include <utility>

namespace signet {

std::expected<std::unique_ptr<const DialectSet>, std::vector<std::string>> DialectSet::build(
    std::vector<std::unique_ptr<const Dialect>> dialects) {
  std::vector<const Dialect*> all;
  all.reserve(dialects.size());
  for (const auto& dialect : dialects) all.push_back(dialect.get());
  auto router = DialectRouter::build(all);
  if (!router) return std::unexpected(std::move(router.error()));
  auto set = std::make_unique<DialectSet>();
  set->dialects_ = std::move(dialects);
  set->router_ = std::move(*router);
  return set;
}

const Dialect* DialectSet::find(std::string_view name) const {
  for (const auto& dialect : dialects_) {
    if (dialect->name == name) return dialect.get();
  }
  return nullptr;
}

}  // namespace signet
