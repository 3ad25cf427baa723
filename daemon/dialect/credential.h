// read_credential: what a request presents, by the carriers that its endpoint names.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <string_view>

#include "daemon/dialect/parameters.h"

namespace signet {

// Views into the request, its parameters or the scratch.
struct PresentedCredential {
  bool is_key = false;
  std::string_view key;
  std::string_view id, secret;
  // The same two form-decoded (RFC 6749 2.3.1), where that makes a difference; data() == nullptr otherwise. Clients of
  // Basic that know OAuth encode them so, all others do not, and nothing tells which one asks: both are tried.
  std::string_view decoded_id, decoded_secret;
  // The tenant that the id ends with, where the endpoint says that it does; data() == nullptr otherwise. The ids are
  // then what stands before it.
  std::string_view tenant;
};

enum class CredentialError : uint8_t { kMissing, kMalformed };

inline constexpr size_t kDialectIdSizeMax = 256;       // octets
inline constexpr size_t kDialectSecretSizeMax = 1024;  // what a password may have
// Two of each, and the colons.
using CredentialScratch = std::array<char, 2 * (3 * (kDialectIdSizeMax + kDialectSecretSizeMax) + 4)>;

// The first credential of the endpoint's list that is there. An empty value counts as none. Any thread; does not
// allocate.
std::expected<PresentedCredential, CredentialError> read_credential(const http::Request& request,
                                                                    const DialectEndpoint& endpoint,
                                                                    const DialectParameters& parameters,
                                                                    CredentialScratch& scratch);

}  // namespace signet
