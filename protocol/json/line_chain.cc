#include "protocol/json/line_chain.h"

#include <array>

#include "protocol/base/base64url.h"

namespace signet {
namespace {

constexpr std::string_view kMember = R"(,"chain":")";
constexpr std::string_view kEnd = R"("})";
constexpr size_t kHashSize = base64url_encoded_size(sizeof(Sha256Digest));
constexpr size_t kTailSize = kMember.size() + kHashSize + kEnd.size();

}  // namespace

std::string chain_text(const Sha256Digest& hash) {
  std::string text(kHashSize, '\0');
  base64url_encode(hash, text.data());
  return text;
}

std::optional<Sha256Digest> parse_chain_text(std::string_view text) {
  Sha256Digest hash;
  if (text.size() != kHashSize || base64url_decode(text, hash) != hash.size()) return std::nullopt;
  return hash;
}

void LineChain::close_line(std::string& text, size_t begin) {
  const std::string_view content = std::string_view(text).substr(begin);
  hash_ = sha256_of(hash_, as_bytes(content));
  std::array<char, kHashSize> hash;
  base64url_encode(hash_, hash.data());
  text.append(kMember).append(hash.data(), hash.size()).append(kEnd).push_back('\n');
}

std::optional<Sha256Digest> LineChain::hash_of(std::string_view line) {
  if (line.size() <= kTailSize || !line.ends_with(kEnd)) return std::nullopt;
  const std::string_view tail = line.substr(line.size() - kTailSize);
  if (!tail.starts_with(kMember)) return std::nullopt;
  return parse_chain_text(tail.substr(kMember.size(), kHashSize));
}

LineChain::Verdict LineChain::next(std::string_view line) {
  const auto said = hash_of(line);
  if (!said) return Verdict::kNoLine;
  const Sha256Digest hash = sha256_of(hash_, as_bytes(line.substr(0, line.size() - kTailSize)));
  if (hash != *said) return Verdict::kAltered;
  hash_ = hash;
  return Verdict::kFollows;
}

}  // namespace signet
