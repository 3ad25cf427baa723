// Claim names that an access token's issuer alone sets.
#pragma once

#include <string_view>

namespace signet {

// is_reserved_claim: whether a person who adds claims to a token may not add this one: Signet writes it itself, or
// verifiers would act on it (RFC 7519 4.1, RFC 9068 2.2, RFC 8693 section 4, RFC 7800). Case-sensitive, as claim names
// are. Any thread, does not allocate.
bool is_reserved_claim(std::string_view name);

}  // namespace signet
