// Clients for the tests of this folder.
#pragma once

#include <string>

#include "keystore/clients/client.h"

namespace signet {

inline ClientSecret test_secret(uint8_t mark, uint8_t pepper_version = 1) {
  ClientSecret secret;
  secret.hash.fill(mark);
  secret.pepper_version = pepper_version;
  secret.created_at = 1'700'000'000;
  return secret;
}

inline Client test_client(uint32_t tenant, std::string id, uint64_t revision = 1) {
  Client client;
  client.tenant = tenant;
  client.client_id = std::move(id);
  client.grants = kGrantClientCredentials | kGrantRefreshToken;
  client.scope = "a.read a.write b.read ab";
  client.audiences = {"https://api.example.com/orders"};
  client.secrets = {test_secret(7)};
  client.created_at = 1'700'000'000;
  client.revision = revision;
  return client;
}

}  // namespace signet
