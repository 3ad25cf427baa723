#include "protocol/dialect/shipped.h"

namespace signet {
namespace {

constexpr ShippedDialect kShipped[] = {
#include "shipped_files.inc"
};

}  // namespace

std::span<const ShippedDialect> shipped_dialects() { return kShipped; }

}  // namespace signet
