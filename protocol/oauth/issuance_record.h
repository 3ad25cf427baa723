// The record of one issued token, as auditors read it: a JSON object on one line. It holds names and times, never the
// token, and is written for every token while `audit_issuance` is on.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "protocol/base/time.h"

namespace signet {

// Views are borrowed for the call.
struct IssuanceRecord {
  UnixMs time_ms = 0;
  std::string_view tenant;
  std::string_view client_id;
  std::string_view subject;  // left out when empty or the client
  std::string_view jti;      // empty: the record names the token by its hash
  std::string_view kid;
  std::string_view grant;     // "client_credentials"; empty = left out
  std::string_view endpoint;  // "token", "token/batch", "dialect:NAME/ENDPOINT"
  UnixSeconds expires_at = 0;
  std::string_view scope;
  std::string_view family;  // sid; empty = left out
};

// The start of the base64url of a token's SHA-256: 132 bits, which name it and tell nothing of it.
inline constexpr size_t kTokenHashSize = 22;

struct IssuanceRecordText {
  size_t size = 0;           // octets written; 0 = the buffer was too small
  size_t token_hash_at = 0;  // where write_token_hash has to write; 0 = the token has a jti
};

// write_issuance_record writes the object without a line feed. Any thread, does not allocate.
IssuanceRecordText write_issuance_record(const IssuanceRecord& record, std::span<char> out);

// write_token_hash writes kTokenHashSize characters. Any thread, does not allocate.
void write_token_hash(std::string_view token, char* out);

}  // namespace signet
