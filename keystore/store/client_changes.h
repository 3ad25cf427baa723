// What an update or an import does to clients: types of the store's API.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "keystore/clients/client.h"

namespace signet {

// What a client update may change; absent = unchanged.
struct ClientUpdate {
  std::optional<uint32_t> grants;
  std::optional<uint32_t> flags_set;    // bits to set
  std::optional<uint32_t> flags_clear;  // bits to clear
  std::optional<std::string> scope;
  std::optional<std::vector<std::string>> audiences;
  std::optional<std::vector<std::string>> introspect;
  std::optional<JwsAlgorithm> algorithm;
  std::optional<uint32_t> ttl_s;
  std::optional<std::vector<ClientSecret>> secrets;
  std::optional<std::optional<PasswordVerifier>> password;  // nothing within = it has none any more
  std::optional<uint64_t> if_revision;                      // refuse with kConflict when the client changed since
  std::string what;  // audit verb: "client.update", "client.disable", "client.rotate-secret"...
};

enum class OnConflict : uint8_t { kFail, kSkip, kUpdate };
// Members of a client that an import names. An update changes these and no others: a default for what a line does not
// mention could widen what the client may do. Flags are not among them; kClientIntrospectAll belongs to introspect.
enum ImportMember : uint8_t {
  kImportGrants = 1,
  kImportScope = 2,
  kImportAudiences = 4,
  kImportIntrospect = 8,
  kImportAlgorithm = 16,
  kImportTtl = 32,
  kImportSecrets = 64,
  kImportPassword = 128,
};
// One chunk of an import: all of it or nothing, in one commit, with its progress row.
struct ImportChunk {
  std::string import_id;  // hash of file and options, hex
  uint64_t chunk = 0;     // 0, 1, ...: must be the next one; the one before again answers as it did
  OnConflict on_conflict = OnConflict::kFail;
  std::vector<Client> clients;
  std::vector<uint8_t> given;  // bits of ImportMember, one for each of `clients`; needed for kUpdate
};
struct ImportOutcome {
  uint64_t added = 0, updated = 0, skipped = 0;
  bool repeated = false;  // this chunk was already committed; nothing changed
};

}  // namespace signet
