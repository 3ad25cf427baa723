#include "protocol/jose/jws.h"

#include "protocol/base/base64url.h"

namespace signet {

std::expected<CompactJws, CompactJwsError> split_compact_jws(std::string_view token) {
  if (token.size() > kJwsSizeMax) return std::unexpected(CompactJwsError::kTooLarge);
  const size_t first = token.find('.');
  if (first == std::string_view::npos) return std::unexpected(CompactJwsError::kSegments);
  const size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos) return std::unexpected(CompactJwsError::kSegments);
  if (token.find('.', second + 1) != std::string_view::npos) return std::unexpected(CompactJwsError::kSegments);
  if (first == 0) return std::unexpected(CompactJwsError::kEmptyHeader);
  if (second + 1 == token.size()) return std::unexpected(CompactJwsError::kMissingSignature);
  return CompactJws(token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1));
}

size_t append_jws_signature(std::span<char> token, size_t signing_input_size, ByteSpan signature) {
  const size_t size = signing_input_size + 1 + base64url_encoded_size(signature.size());
  if (size > token.size()) return 0;
  token[signing_input_size] = '.';
  base64url_encode(signature, token.data() + signing_input_size + 1);
  return size;
}

}  // namespace signet
