// Pkcs11Failure: why the token did not do what it was asked, for people, and what that means for the session.
#pragma once

#include <p11-kit/pkcs11.h>

#include <expected>
#include <string>
#include <string_view>

namespace signet {

struct Pkcs11Failure {
  enum class Kind : uint8_t {
    kRefused,   // this call alone: another one may succeed
    kNoObject,  // there is no such object (any more)
    kLost,      // the session, or the token: begin anew
    kPin,       // the PIN: trying again would lock the token
  };
  Kind kind{};
  std::string text;
  bool closed = false;  // the token has closed the session by itself: its number may be another's by now
};
template <typename T>
using Pkcs11Result = std::expected<T, Pkcs11Failure>;

// pkcs11_code_name gives the standard's name of a return value; "CKR_..." with its number for others.
std::string pkcs11_code_name(CK_RV code);
// pkcs11_failure says that `call` gave `code`.
Pkcs11Failure pkcs11_failure(std::string_view call, CK_RV code);

}  // namespace signet
