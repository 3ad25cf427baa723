// ClientFields: the members of a client as requests give them, read and checked in one place for add, update and
// import.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "keystore/clients/client.h"
#include "protocol/json/value.h"

namespace signet {

inline constexpr size_t kClientScopeSizeMax = 4096;
inline constexpr size_t kClientAudiencesMax = 16;  // also of what it may introspect

// Which members a request may have: an import has `scopes` as a list where the others have `scope`.
enum class ClientForm : uint8_t { kAdd = 1, kUpdate = 2, kImport = 4 };

// Absent = not given.
struct ClientFields {
  std::optional<std::string> client_id;
  std::optional<std::string> tenant;
  std::optional<uint32_t> grants;
  std::optional<std::string> scope;
  std::optional<std::vector<std::string>> audiences;
  std::optional<std::vector<std::string>> introspect;  // ["*"] = everything
  std::optional<JwsAlgorithm> algorithm;
  std::optional<uint32_t> ttl_s;
  std::optional<bool> feed;
  std::optional<bool> refresh_with_credentials;
  std::optional<std::string> client_secret;
  std::optional<std::string> password;
};

// read_client_fields reads `object`. The error says which member is wrong and what was expected, never a value of
// `client_secret` or `password`. A member that is unknown to `form`, or null, is an error. Any thread, allocates.
std::expected<ClientFields, std::string> read_client_fields(const JsonValue& object, ClientForm form,
                                                            uint32_t ttl_s_max);

// apply_client_fields sets what is given, but for tenant, secret and password.
void apply_client_fields(const ClientFields& fields, Client& client);

// check_client checks what members say together: an HMAC algorithm needs exactly one audience, since its key belongs to
// that one; refresh tokens with client_credentials need the refresh_token grant. Gives the error, empty when good.
std::string check_client(const Client& client);

}  // namespace signet
