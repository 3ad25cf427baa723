#include "daemon/dialect/datafor/signing.h"

#include <array>

#include "keystore/signing/private_key.h"
#include "protocol/base/base64url.h"
#include "protocol/jose/hmac_key.h"

namespace signet {
namespace {

std::optional<JwsAlgorithm> hmac_algorithm(std::string_view name) {
  const auto algorithm = parse_jws_algorithm(name);
  return algorithm && is_symmetric(*algorithm) ? algorithm : std::nullopt;
}

void append_segment(std::string& to, ByteSpan octets) {
  const size_t at = to.size();
  to.resize(at + base64url_encoded_size(octets.size()));
  base64url_encode(octets, to.data() + at);
}

}  // namespace

size_t datafor_secret_min(std::string_view algorithm) {
  const auto hmac = hmac_algorithm(algorithm);
  return hmac ? hmac_size(*hmac) : 0;
}

std::unique_ptr<Signer> DataforSigner::signer_of(std::string_view algorithm, std::string_view secret) {
  const auto hmac = hmac_algorithm(algorithm);
  auto key = hmac ? load_foreign_hmac_key(*hmac, as_bytes(secret)) : std::unexpected(KeyError::kUnsupported);
  return key ? make_signer(std::move(*key)) : nullptr;
}

const DataforSigner::Ready* DataforSigner::ready(const signet::DialectConfiguration& resident) {
  const auto key = std::pair(resident.tenant, resident.id);
  if (const auto found = ready_.find(key); found != ready_.end() && found->second.revision == resident.revision) {
    return &found->second;
  }
  const ByteSpan octets = resident.value();
  auto read = read_datafor({reinterpret_cast<const char*>(octets.data()), octets.size()});
  if (!read) return nullptr;
  if (ready_.size() >= kReadyMax) ready_.clear();
  Ready& place = ready_[key];
  place.revision = resident.revision;
  place.signer = signer_of(read->algorithm, read->secret);
  place.configuration = std::move(*read);
  return &place;
}

std::string DataforSigner::sign(Signer& signer, std::string_view algorithm, std::string_view claims) {
  std::string token;
  std::string header = R"({"typ":"JWT","alg":")";
  header.append(algorithm).append(R"("})");
  append_segment(token, as_bytes(header));
  token.push_back('.');
  append_segment(token, as_bytes(claims));
  std::array<uint8_t, 64> signature;
  const size_t size = datafor_secret_min(algorithm);  // HMAC signatures are as long as their hash
  const std::array<ByteSpan, 1> inputs{as_bytes(token)};
  const std::array<MutableByteSpan, 1> outputs{MutableByteSpan(signature).first(size)};
  if (signer.sign(inputs, outputs) != 1) return {};
  token.push_back('.');
  append_segment(token, ByteSpan(signature).first(size));
  return token;
}

}  // namespace signet
