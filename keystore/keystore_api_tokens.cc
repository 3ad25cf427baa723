// Reusable API tokens: who is presented, and making one.
#include <memory>

#include "keystore/keystore.h"

namespace signet {

std::optional<ApiTokenId> Keystore::identify_api_token(uint32_t tenant, std::string_view text) const {
  if (!valid_api_token_text(text)) return std::nullopt;
  const FamilyKeys& keys = family_keys();
  for (int version = keys.current_version(); version >= keys.first_version(); --version) {
    const ApiTokenId id = api_token_id_of(keys, static_cast<uint8_t>(version), text);
    if (api_tokens().may_contain(tenant, id)) return id;
  }
  return std::nullopt;
}

void Keystore::create_api_token(std::optional<AuditActor> actor, ApiToken token, StoreDone<MadeApiToken> done) {
  // std::function wants a copyable target.
  auto text = std::make_shared<SecretBytes>(generate_api_token_text());
  const FamilyKeys& keys = family_keys();
  token.key_version = keys.current_version();
  token.id = api_token_id_of(keys, token.key_version, as_text(text->expose()));
  store().create_api_token(
      std::move(actor), std::move(token),
      [text = std::move(text), done = std::move(done)](std::expected<ApiToken, StoreError> created) {
        if (!created) return done(std::unexpected(std::move(created.error())));
        done(MadeApiToken{std::move(*created), std::move(*text)});
      });
}

}  // namespace signet
