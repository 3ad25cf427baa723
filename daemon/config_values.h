// Checks of single configuration values, each telling what was expected.
#pragma once

#include <string_view>

namespace signet {

// Each gives a text such as "a path" when `value` is not one, and an empty view when it is. Any thread.
std::string_view check_path(std::string_view value);
std::string_view check_absolute_path(std::string_view value);
std::string_view check_token_name(std::string_view value);
std::string_view check_listen_address(std::string_view value);
std::string_view check_issuer(std::string_view value);
std::string_view check_plaintext(std::string_view value);
std::string_view check_ip_address(std::string_view value);
std::string_view check_dialect_name(std::string_view value);
std::string_view check_dialect_switch(std::string_view value);
std::string_view check_key_rotation(std::string_view value);
std::string_view check_audit_issuance(std::string_view value);
std::string_view check_signer(std::string_view value);
std::string_view check_audit_sink(std::string_view value);
std::string_view check_vault_credential(std::string_view value);

}  // namespace signet
