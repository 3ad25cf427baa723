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
  store_api_token(std::move(actor), std::move(token), generate_api_token_text(), std::move(done));
}

void Keystore::take_over_api_token(std::optional<AuditActor> actor, ApiToken token, SecretBytes text,
                                   StoreDone<MadeApiToken> done) {
  const auto refuse = [&](StoreErrorKind kind, std::string why) {
    done(std::unexpected(StoreError{kind, std::move(why)}));
  };
  const std::string_view shown = as_text(text.expose());
  if (!takes_given_text(token.kind)) {
    return refuse(StoreErrorKind::kInvalid, "a key of this kind is made here, and not given");
  }
  if (!valid_api_token_text(shown)) {
    return refuse(StoreErrorKind::kInvalid, "the key is no 16 to 128 visible ASCII characters");
  }
  // Under the current family key the committer sees a second one; under an older one its row has another id.
  const FamilyKeys& keys = family_keys();
  for (int version = keys.first_version(); version < keys.current_version(); ++version) {
    const auto found =
        store().find_api_token(token.tenant, api_token_id_of(keys, static_cast<uint8_t>(version), shown));
    if (!found) return done(std::unexpected(found.error()));
    if (*found) return refuse(StoreErrorKind::kConflict, "the token exists already");
  }
  store_api_token(std::move(actor), std::move(token), std::move(text), std::move(done));
}

void Keystore::store_api_token(std::optional<AuditActor> actor, ApiToken token, SecretBytes made,
                               StoreDone<MadeApiToken> done) {
  // std::function wants a copyable target.
  auto text = std::make_shared<SecretBytes>(std::move(made));
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
