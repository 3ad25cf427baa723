#include "keystore/pkcs11/token_key.h"

#include <fmt/format.h>

#include <array>

#include "keystore/pkcs11/key_objects.h"
#include "keystore/signing/verifier.h"

namespace signet {
namespace {

using Kind = Pkcs11Failure::Kind;

std::unexpected<Pkcs11Failure> refuse(std::string text) {
  return std::unexpected(Pkcs11Failure{Kind::kRefused, std::move(text)});
}

// The same test as that of keys in memory.
Pkcs11Result<void> prove(Pkcs11Session& session, const KeyObjects& key) {
  const auto verifier = make_verifier(key.public_jwk);
  if (!verifier) return refuse("the signing library refuses the public half");
  const ByteSpan message = as_bytes("pairwise consistency test");
  std::array<uint8_t, RemoteSignature::kSizeMax> buffer;
  const size_t wanted = public_signature_size(key.public_jwk);
  const auto size = session.sign(key.private_key, key.public_jwk.algorithm, message, buffer);
  if (!size) return std::unexpected(size.error());
  const ByteSpan signature = ByteSpan(buffer).first(std::min(*size, buffer.size()));
  if (*size != wanted || !verifier->verify(message, signature) ||
      verifier->verify(as_bytes("pairwise consistency tesT"), signature)) {
    return refuse("what the private object signs does not hold with the public one: they are no pair");
  }
  return {};
}

MadeTokenKey token_key(const std::shared_ptr<Pkcs11Token>& token, std::vector<uint8_t> id, KeyObjects found) {
  return std::make_shared<const TokenKey>(TokenKey::Parts{.token = token,
                                                          .object = {token->serial(), std::move(id)},
                                                          .public_jwk = std::move(found.public_jwk),
                                                          .bits = found.bits});
}

std::string written(Jwk jwk) {
  jwk.kid = "any";
  return write_jwk(jwk);
}

uint64_t next_number() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

}  // namespace

TokenKey::TokenKey(Parts parts) : parts_(std::move(parts)), number_(next_number()) {}

size_t TokenKey::signature_size() const { return public_signature_size(parts_.public_jwk); }

MadeTokenKey make_token_key(const std::shared_ptr<Pkcs11Token>& token, JwsAlgorithm algorithm, int rsa_bits,
                            const std::string& label) {
  return token->with_session<std::shared_ptr<const TokenKey>>([&](Pkcs11Session& session) -> MadeTokenKey {
    std::vector<uint8_t> id;
    auto made = make_key_objects(session, algorithm, rsa_bits, label, id);
    if (!made) return std::unexpected(made.error());
    if (auto ok = prove(session, *made); !ok) {
      (void)destroy_key_objects(session, id);
      return std::unexpected(ok.error());
    }
    return token_key(token, std::move(id), std::move(*made));
  });
}

MadeTokenKey adopt_token_key(const std::shared_ptr<Pkcs11Token>& token, JwsAlgorithm algorithm,
                             const std::vector<uint8_t>& id) {
  return token->with_session<std::shared_ptr<const TokenKey>>([&](Pkcs11Session& session) -> MadeTokenKey {
    auto found = find_key_objects(session, algorithm, id);
    if (!found) return std::unexpected(found.error());
    if (auto ok = prove(session, *found); !ok) return std::unexpected(ok.error());
    return token_key(token, id, std::move(*found));
  });
}

MadeTokenKey open_token_key(const std::shared_ptr<Pkcs11Token>& token, const TokenObject& object, const Jwk& expected) {
  if (object.serial != token->serial()) {
    return refuse(fmt::format("it lives in the token with the serial number {}, and pkcs11_token is \"{}\" with {}",
                              object.serial, token->label(), token->serial()));
  }
  auto key = adopt_token_key(token, expected.algorithm, object.id);
  if (!key) return key;
  if (written(*(*key)->public_jwk()) != written(expected)) {
    return refuse(
        fmt::format("the object with the id {} in the token has another public half than the store: it was "
                    "replaced",
                    token_object_id_text(object.id)));
  }
  return key;
}

Pkcs11Result<void> destroy_token_object(Pkcs11Token& token, const TokenObject& object) {
  if (object.serial != token.serial()) {
    return refuse(
        fmt::format("it is in the token with the serial number {}, which is not the configured one", object.serial));
  }
  return token.with_session<void>([&](Pkcs11Session& session) { return destroy_key_objects(session, object.id); });
}

}  // namespace signet
