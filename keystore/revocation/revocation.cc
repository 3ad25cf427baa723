#include "keystore/revocation/revocation.h"

#include <array>

#include "protocol/jwt/access_token.h"

namespace signet {
namespace {

constexpr std::array<std::string_view, kRevocationKinds> kNames{"",        "token",  "family", "client",
                                                                "subject", "tenant", "key",    "token_hash"};

}  // namespace

int64_t longest_lifetime_s(RevocationKind kind) {
  const bool access_token = kind == RevocationKind::kToken || kind == RevocationKind::kTokenHash;
  return access_token ? kAccessTokenLifetimeMaxS : kFamilyLifetimeMaxS;
}

std::string_view revocation_kind_name(RevocationKind kind) { return kNames[static_cast<size_t>(kind)]; }

std::optional<RevocationKind> revocation_kind_named(std::string_view name) {
  for (size_t kind = 1; kind < kNames.size(); ++kind) {
    if (kNames[kind] == name) return static_cast<RevocationKind>(kind);
  }
  return std::nullopt;
}

}  // namespace signet
