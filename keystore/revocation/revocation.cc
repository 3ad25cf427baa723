#include "keystore/revocation/revocation.h"

#include <array>

namespace signet {
namespace {

constexpr std::array<std::string_view, kRevocationKinds> kNames{"",        "token",  "family", "client",
                                                                "subject", "tenant", "key",    "token_hash"};

}  // namespace

std::string_view revocation_kind_name(RevocationKind kind) { return kNames[static_cast<size_t>(kind)]; }

std::optional<RevocationKind> revocation_kind_named(std::string_view name) {
  for (size_t kind = 1; kind < kNames.size(); ++kind) {
    if (kNames[kind] == name) return static_cast<RevocationKind>(kind);
  }
  return std::nullopt;
}

}  // namespace signet
