#include "protocol/jwt/feed_checkpoint.h"

#include <array>

#include "protocol/base/base64url.h"
#include "protocol/json/writer.h"
#include "protocol/jwt/access_token.h"

namespace signet {
namespace {

constexpr size_t kHeaderSizeMax = 256;
constexpr size_t kClaimsSizeMax = 4096;

size_t write_header(JwsAlgorithm algorithm, std::string_view kid, std::span<char> out) {
  JsonWriter json(out);
  json.begin_object();
  json.member("alg", jws_algorithm_name(algorithm));
  json.member("typ", kFeedCheckpointType);
  json.member("kid", kid);
  json.end_object();
  return json.size();
}

size_t write_claims(const FeedCheckpoint& checkpoint, std::span<char> out) {
  std::array<char, base64url_encoded_size(std::tuple_size_v<Sha256Digest>)> hash;
  base64url_encode(checkpoint.hash, hash.data());
  JsonWriter json(out);
  json.begin_object();
  json.member("iss", checkpoint.issuer);
  json.member_integer("iat", checkpoint.issued_at);
  json.key("seq");
  json.unsigned_integer(checkpoint.sequence);
  json.key("count");
  json.unsigned_integer(checkpoint.count);
  json.member("hash", std::string_view(hash.data(), hash.size()));
  json.member("epoch", checkpoint.epoch);
  json.end_object();
  return json.size();
}

}  // namespace

size_t write_feed_checkpoint_input(JwsAlgorithm algorithm, std::string_view kid, const FeedCheckpoint& checkpoint,
                                   std::span<char> out) {
  std::array<char, kHeaderSizeMax> header;
  const size_t header_size = write_header(algorithm, kid, header);
  std::array<char, kClaimsSizeMax> claims;
  const size_t claims_size = write_claims(checkpoint, claims);
  if (header_size == 0 || claims_size == 0) return 0;
  std::array<char, base64url_encoded_size(kHeaderSizeMax)> encoded;
  const size_t encoded_size = base64url_encode(as_bytes({header.data(), header_size}), encoded.data());
  return write_signing_input({encoded.data(), encoded_size}, as_bytes({claims.data(), claims_size}), out);
}

}  // namespace signet
