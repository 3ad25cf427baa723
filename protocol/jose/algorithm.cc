#include "protocol/jose/algorithm.h"

#include "protocol/base/check.h"

namespace signet {
namespace {

struct Entry {
  JwsAlgorithm algorithm;
  std::string_view name;
};

// IANA registry "JSON Web Signature and Encryption Algorithms".
constexpr std::array<Entry, kAllJwsAlgorithms.size()> kNames{{
    {JwsAlgorithm::kEdDSA, "EdDSA"},
    {JwsAlgorithm::kEd25519, "Ed25519"},
    {JwsAlgorithm::kES256, "ES256"},
    {JwsAlgorithm::kPS256, "PS256"},
    {JwsAlgorithm::kRS256, "RS256"},
    {JwsAlgorithm::kHS256, "HS256"},
    {JwsAlgorithm::kHS384, "HS384"},
    {JwsAlgorithm::kHS512, "HS512"},
}};

}  // namespace

std::string_view jws_algorithm_name(JwsAlgorithm algorithm) {
  const size_t index = static_cast<size_t>(algorithm) - 1;
  SIGNET_CHECK(index < kNames.size() && kNames[index].algorithm == algorithm);
  return kNames[index].name;
}

std::optional<JwsAlgorithm> parse_jws_algorithm(std::string_view name) {
  for (const Entry& entry : kNames)
    if (entry.name == name) return entry.algorithm;
  return std::nullopt;
}

}  // namespace signet
