// Client and key as the admin API shows them.
#pragma once

#include <string>
#include <string_view>

#include "keystore/keystore.h"
#include "protocol/json/writer.h"

namespace signet {

// write_client writes the client object. `record` is its resident form, for the times of last use; null = not known.
// A new `client_secret` is shown once, when not empty. Loop thread.
void write_client(JsonWriter& json, const Client& client, std::string_view tenant, const ClientRecord* record,
                  std::string_view client_secret = {});

// client_json looks the resident record up and gives the whole object.
std::string client_json(Keystore& keystore, const Client& client, std::string_view client_secret = {});

// tenant_name of a number; empty when the tenant is gone.
std::string tenant_name(const Keystore& keystore, uint32_t tenant);

}  // namespace signet
