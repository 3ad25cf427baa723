#include "keystore/pkcs11/key_objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "keystore/pkcs11/key_templates.h"
#include "keystore/pkcs11/token_object.h"
#include "protocol/base/base64url.h"

namespace signet {
namespace {

using Kind = Pkcs11Failure::Kind;

std::unexpected<Pkcs11Failure> refuse(std::string text) {
  return std::unexpected(Pkcs11Failure{Kind::kRefused, std::move(text)});
}

bool is_ed25519(JwsAlgorithm algorithm) {
  return algorithm == JwsAlgorithm::kEdDSA || algorithm == JwsAlgorithm::kEd25519;
}

// The value within a DER OCTET STRING of that size; the value itself from tokens that give it bare.
std::optional<ByteSpan> bare_point(ByteSpan value, size_t size) {
  if (value.size() == size) return value;
  if (value.size() == size + 2 && value[0] == 0x04 && value[1] == size) return value.subspan(2);
  return std::nullopt;
}

Pkcs11Result<Jwk> read_rsa(Pkcs11Session& session, CK_OBJECT_HANDLE key, JwsAlgorithm algorithm) {
  auto n = session.octets(key, CKA_MODULUS);
  auto e = session.octets(key, CKA_PUBLIC_EXPONENT);
  if (!n || !e) return std::unexpected(n ? e.error() : n.error());
  const auto trim = [](std::vector<uint8_t>& number) {
    number.erase(number.begin(), std::ranges::find_if(number, [](uint8_t octet) { return octet != 0; }));
  };
  trim(*n);
  trim(*e);
  if (*e != std::vector<uint8_t>{1, 0, 1}) return refuse("the RSA key has another public exponent than 65537");
  const size_t bits = n->size() * 8;
  if ((bits != 2048 && bits != 3072 && bits != 4096) || (n->front() & 0x80) == 0) {
    return refuse("the RSA key has another size than 2048, 3072 or 4096 bits");
  }
  return Jwk{.algorithm = algorithm, .kid = {}, .key = RsaPublicKey{.n = std::move(*n), .e = std::move(*e)}};
}

Pkcs11Result<Jwk> read_curve(Pkcs11Session& session, CK_OBJECT_HANDLE key, JwsAlgorithm algorithm) {
  const auto parameters = session.octets(key, CKA_EC_PARAMS);
  const auto value = session.octets(key, CKA_EC_POINT);
  if (!parameters || !value) return std::unexpected(parameters ? value.error() : parameters.error());
  if (!names_curve(algorithm, *parameters)) {
    return refuse(fmt::format("the key is on another curve than {} signs with", jws_algorithm_name(algorithm)));
  }
  Jwk jwk{.algorithm = algorithm, .kid = {}, .key = OkpPublicKey{}};
  if (is_ed25519(algorithm)) {
    const auto point = bare_point(*value, 32);
    if (!point) return refuse("the public half of the Ed25519 key has an unknown form");
    std::ranges::copy(*point, std::get<OkpPublicKey>(jwk.key).x.begin());
    return jwk;
  }
  const auto point = bare_point(*value, 65);
  if (!point || (*point)[0] != 0x04) return refuse("the public half of the P-256 key has an unknown form");
  EcPublicKey half;
  std::ranges::copy(point->subspan(1, 32), half.x.begin());
  std::ranges::copy(point->subspan(33, 32), half.y.begin());
  jwk.key = half;
  return jwk;
}

Pkcs11Result<KeyObjects> read_pair(Pkcs11Session& session, JwsAlgorithm algorithm, CK_OBJECT_HANDLE private_key,
                                   CK_OBJECT_HANDLE public_key) {
  for (const CK_OBJECT_HANDLE half : {private_key, public_key}) {
    const auto type = session.number(half, CKA_KEY_TYPE);
    if (!type) return std::unexpected(type.error());
    if (*type != key_type_of(algorithm)) {
      return refuse(fmt::format("the key is of another kind than {} signs with", jws_algorithm_name(algorithm)));
    }
  }
  auto jwk = is_rsa(algorithm) ? read_rsa(session, public_key, algorithm) : read_curve(session, public_key, algorithm);
  if (!jwk) return std::unexpected(jwk.error());
  const auto* rsa = std::get_if<RsaPublicKey>(&jwk->key);
  const int bits = rsa == nullptr ? 0 : static_cast<int>(rsa->n.size() * 8);
  return KeyObjects{private_key, std::move(*jwk), bits};
}

// What a private half must be, so that it neither leaves nor asks a person.
Pkcs11Result<void> check_private_object(Pkcs11Session& session, CK_OBJECT_HANDLE key) {
  struct Wanted {
    CK_ATTRIBUTE_TYPE attribute;
    bool value;
    bool when_absent;
    std::string_view otherwise;
  };
  constexpr std::array kWanted{
      Wanted{CKA_TOKEN, true, false, "it is gone with the session that made it (CKA_TOKEN)"},
      Wanted{CKA_SENSITIVE, true, false, "the token would reveal it (CKA_SENSITIVE is false)"},
      Wanted{CKA_EXTRACTABLE, false, true, "it may leave the token (CKA_EXTRACTABLE is true)"},
      Wanted{CKA_SIGN, true, false, "it may not sign (CKA_SIGN is false)"},
      Wanted{CKA_ALWAYS_AUTHENTICATE, false, false, "the token wants the PIN for every signature"}};
  for (const Wanted& wanted : kWanted) {
    const auto value = session.flag(key, wanted.attribute);
    if (!value) return std::unexpected(value.error());
    if (value->value_or(wanted.when_absent) != wanted.value) {
      return refuse(fmt::format("the private key is of no use here: {}", wanted.otherwise));
    }
  }
  return {};
}

Pkcs11Result<CK_OBJECT_HANDLE> find_one(Pkcs11Session& session, CK_OBJECT_CLASS of_class, ByteSpan id) {
  const auto found = session.find(of_class, id, 2);
  if (!found) return std::unexpected(found.error());
  if (found->size() == 1) return found->front();
  const std::string_view what = of_class == CKO_PRIVATE_KEY ? "private" : "public";
  const std::string text = token_object_id_text({id.begin(), id.end()});
  if (found->empty()) {
    return std::unexpected(
        Pkcs11Failure{Kind::kNoObject, fmt::format("there is no {} key with the id {} in the token", what, text)});
  }
  return refuse(fmt::format("there are several {} keys with the id {} in the token", what, text));
}

Pkcs11Result<void> name_pair(Pkcs11Session& session, const MadePair& pair, const std::string& label,
                             std::vector<uint8_t>& id, const std::string& kid) {
  std::vector<uint8_t> wanted(32);
  const auto size = base64url_decode(kid, wanted);
  if (!size || *size != wanted.size()) return refuse("the thumbprint of the new key has an unknown size");
  std::string text = label.empty() ? "signet " + kid : label;
  CK_ATTRIBUTE names[] = {{CKA_ID, wanted.data(), wanted.size()}, {CKA_LABEL, text.data(), text.size()}};
  for (const CK_OBJECT_HANDLE half : {pair.private_key, pair.public_key}) {
    const CK_RV code = session.functions().C_SetAttributeValue(session.handle(), half, names, std::size(names));
    if (code != CKR_OK) return std::unexpected(pkcs11_failure("C_SetAttributeValue", code));
  }
  id = std::move(wanted);
  return {};
}

}  // namespace

Pkcs11Result<CK_OBJECT_HANDLE> find_private_object(Pkcs11Session& session, ByteSpan id) {
  return find_one(session, CKO_PRIVATE_KEY, id);
}

Pkcs11Result<KeyObjects> find_key_objects(Pkcs11Session& session, JwsAlgorithm algorithm, ByteSpan id) {
  const auto private_key = find_private_object(session, id);
  if (!private_key) return std::unexpected(private_key.error());
  const auto public_key = find_one(session, CKO_PUBLIC_KEY, id);
  if (!public_key) return std::unexpected(public_key.error());
  auto pair = read_pair(session, algorithm, *private_key, *public_key);
  if (!pair) return pair;
  if (auto ok = check_private_object(session, *private_key); !ok) return std::unexpected(ok.error());
  return pair;
}

Pkcs11Result<KeyObjects> make_key_objects(Pkcs11Session& session, JwsAlgorithm algorithm, int rsa_bits,
                                          const std::string& label, std::vector<uint8_t>& id) {
  auto made = generate_pair(session, algorithm, rsa_bits);
  if (!made) return std::unexpected(made.error());
  const auto give_up = [&](Pkcs11Failure failure) {
    for (const CK_OBJECT_HANDLE half : {made->private_key, made->public_key}) {
      session.functions().C_DestroyObject(session.handle(), half);
    }
    return std::unexpected(std::move(failure));
  };
  auto pair = read_pair(session, algorithm, made->private_key, made->public_key);
  if (!pair) return give_up(pair.error());
  if (auto ok = check_private_object(session, made->private_key); !ok) return give_up(ok.error());
  if (auto ok = name_pair(session, *made, label, id, jwk_thumbprint(pair->public_jwk)); !ok) {
    return give_up(ok.error());
  }
  return pair;
}

Pkcs11Result<void> destroy_key_objects(Pkcs11Session& session, ByteSpan id) {
  constexpr size_t kManyMax = 16;
  for (const CK_OBJECT_CLASS of_class : {CK_OBJECT_CLASS{CKO_PRIVATE_KEY}, CK_OBJECT_CLASS{CKO_PUBLIC_KEY}}) {
    const auto found = session.find(of_class, id, kManyMax);
    if (!found) return std::unexpected(found.error());
    for (const CK_OBJECT_HANDLE object : *found) {
      const CK_RV code = session.functions().C_DestroyObject(session.handle(), object);
      if (code != CKR_OK && code != CKR_OBJECT_HANDLE_INVALID) {
        return std::unexpected(pkcs11_failure("C_DestroyObject", code));
      }
    }
  }
  return {};
}

}  // namespace signet
