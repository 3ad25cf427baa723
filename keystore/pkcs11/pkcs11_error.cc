#include "keystore/pkcs11/pkcs11_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace signet {
namespace {

using Kind = Pkcs11Failure::Kind;

struct Code {
  CK_RV code;
  std::string_view name;
  Kind kind;
};

// Those that say something; every other one is taken for a lost session, since the next one starts clean.
constexpr std::array kCodes{
    Code{CKR_PIN_INCORRECT, "CKR_PIN_INCORRECT", Kind::kPin},
    Code{CKR_PIN_INVALID, "CKR_PIN_INVALID", Kind::kPin},
    Code{CKR_PIN_LEN_RANGE, "CKR_PIN_LEN_RANGE", Kind::kPin},
    Code{CKR_PIN_EXPIRED, "CKR_PIN_EXPIRED", Kind::kPin},
    Code{CKR_PIN_LOCKED, "CKR_PIN_LOCKED", Kind::kPin},
    Code{CKR_USER_PIN_NOT_INITIALIZED, "CKR_USER_PIN_NOT_INITIALIZED", Kind::kPin},
    Code{CKR_OBJECT_HANDLE_INVALID, "CKR_OBJECT_HANDLE_INVALID", Kind::kNoObject},
    Code{CKR_KEY_HANDLE_INVALID, "CKR_KEY_HANDLE_INVALID", Kind::kNoObject},
    Code{CKR_KEY_TYPE_INCONSISTENT, "CKR_KEY_TYPE_INCONSISTENT", Kind::kRefused},
    Code{CKR_KEY_FUNCTION_NOT_PERMITTED, "CKR_KEY_FUNCTION_NOT_PERMITTED", Kind::kRefused},
    Code{CKR_KEY_SIZE_RANGE, "CKR_KEY_SIZE_RANGE", Kind::kRefused},
    Code{CKR_MECHANISM_INVALID, "CKR_MECHANISM_INVALID", Kind::kRefused},
    Code{CKR_MECHANISM_PARAM_INVALID, "CKR_MECHANISM_PARAM_INVALID", Kind::kRefused},
    Code{CKR_TEMPLATE_INCONSISTENT, "CKR_TEMPLATE_INCONSISTENT", Kind::kRefused},
    Code{CKR_TEMPLATE_INCOMPLETE, "CKR_TEMPLATE_INCOMPLETE", Kind::kRefused},
    Code{CKR_ATTRIBUTE_READ_ONLY, "CKR_ATTRIBUTE_READ_ONLY", Kind::kRefused},
    Code{CKR_ATTRIBUTE_SENSITIVE, "CKR_ATTRIBUTE_SENSITIVE", Kind::kRefused},
    Code{CKR_ATTRIBUTE_TYPE_INVALID, "CKR_ATTRIBUTE_TYPE_INVALID", Kind::kRefused},
    Code{CKR_ATTRIBUTE_VALUE_INVALID, "CKR_ATTRIBUTE_VALUE_INVALID", Kind::kRefused},
    Code{CKR_DOMAIN_PARAMS_INVALID, "CKR_DOMAIN_PARAMS_INVALID", Kind::kRefused},
    Code{CKR_CURVE_NOT_SUPPORTED, "CKR_CURVE_NOT_SUPPORTED", Kind::kRefused},
    Code{CKR_DATA_LEN_RANGE, "CKR_DATA_LEN_RANGE", Kind::kRefused},
    Code{CKR_TOKEN_WRITE_PROTECTED, "CKR_TOKEN_WRITE_PROTECTED", Kind::kRefused},
    Code{CKR_DEVICE_REMOVED, "CKR_DEVICE_REMOVED", Kind::kLost},
    Code{CKR_DEVICE_ERROR, "CKR_DEVICE_ERROR", Kind::kLost},
    Code{CKR_DEVICE_MEMORY, "CKR_DEVICE_MEMORY", Kind::kLost},
    Code{CKR_TOKEN_NOT_PRESENT, "CKR_TOKEN_NOT_PRESENT", Kind::kLost},
    Code{CKR_TOKEN_NOT_RECOGNIZED, "CKR_TOKEN_NOT_RECOGNIZED", Kind::kLost},
    Code{CKR_SESSION_HANDLE_INVALID, "CKR_SESSION_HANDLE_INVALID", Kind::kLost},
    Code{CKR_SESSION_CLOSED, "CKR_SESSION_CLOSED", Kind::kLost},
    Code{CKR_SESSION_COUNT, "CKR_SESSION_COUNT", Kind::kLost},
    Code{CKR_SLOT_ID_INVALID, "CKR_SLOT_ID_INVALID", Kind::kLost},
    Code{CKR_USER_NOT_LOGGED_IN, "CKR_USER_NOT_LOGGED_IN", Kind::kLost},
    Code{CKR_OPERATION_ACTIVE, "CKR_OPERATION_ACTIVE", Kind::kLost},
    Code{CKR_CRYPTOKI_NOT_INITIALIZED, "CKR_CRYPTOKI_NOT_INITIALIZED", Kind::kLost},
    Code{CKR_FUNCTION_FAILED, "CKR_FUNCTION_FAILED", Kind::kLost},
    Code{CKR_GENERAL_ERROR, "CKR_GENERAL_ERROR", Kind::kLost},
    Code{CKR_HOST_MEMORY, "CKR_HOST_MEMORY", Kind::kLost},
};

const Code* find(CK_RV code) {
  const auto* found = std::ranges::find(kCodes, code, &Code::code);
  return found == kCodes.end() ? nullptr : found;
}

}  // namespace

std::string pkcs11_code_name(CK_RV code) {
  const Code* known = find(code);
  return known == nullptr ? fmt::format("return value 0x{:x}", code) : std::string(known->name);
}

Pkcs11Failure pkcs11_failure(std::string_view call, CK_RV code) {
  const Code* known = find(code);
  const bool closed = code == CKR_SESSION_HANDLE_INVALID || code == CKR_SESSION_CLOSED || code == CKR_DEVICE_REMOVED ||
                      code == CKR_TOKEN_NOT_PRESENT;
  return {known == nullptr ? Kind::kLost : known->kind, fmt::format("{}: {}", call, pkcs11_code_name(code)), closed};
}

}  // namespace signet
