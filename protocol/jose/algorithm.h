// JwsAlgorithm: the JWS algorithms that Signet issues (RFC 7518 section 3.1, RFC 8037, RFC 9864). `none` has no value
// here: no code path exists without a verifier.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace signet {

// On disk: never renumber.
enum class JwsAlgorithm : uint8_t {
  kEdDSA = 1,    // RFC 8037, curve Ed25519
  kEd25519 = 2,  // RFC 9864: the fully-specified name of the same signature
  kES256 = 3,
  kPS256 = 4,
  kRS256 = 5,
  kHS256 = 6,
  kHS384 = 7,
  kHS512 = 8,
};

inline constexpr std::array kAllJwsAlgorithms{JwsAlgorithm::kEdDSA, JwsAlgorithm::kEd25519, JwsAlgorithm::kES256,
                                              JwsAlgorithm::kPS256, JwsAlgorithm::kRS256,   JwsAlgorithm::kHS256,
                                              JwsAlgorithm::kHS384, JwsAlgorithm::kHS512};

// The registered name, e.g. "ES256". Static storage.
std::string_view jws_algorithm_name(JwsAlgorithm algorithm);
// Exact, case-sensitive look-up of a registered name.
std::optional<JwsAlgorithm> parse_jws_algorithm(std::string_view name);
constexpr bool is_symmetric(JwsAlgorithm a) { return a >= JwsAlgorithm::kHS256; }
constexpr bool is_rsa(JwsAlgorithm a) { return a == JwsAlgorithm::kPS256 || a == JwsAlgorithm::kRS256; }

}  // namespace signet
