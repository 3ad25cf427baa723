// What a request says of the key that it is about.
#pragma once

#include <string>

#include "keystore/key_purpose.h"
#include "protocol/json/value.h"

namespace signet {

struct KeyRequest {
  std::string tenant;  // its name; empty = default
  KeyPurpose purpose;
};

// read_key_member takes tenant, alg, audience, dialect and bits; gives what is wrong, empty when nothing is.
std::string read_key_member(const JsonMember& member, KeyRequest& key);
// read_token_place takes the member `pkcs11` of a key that is to be made: {} for a new object, with `label` or not, or
// {"id":HEX} for one that is there. Gives what is wrong, empty when nothing is.
std::string read_token_place(const JsonMember& member, KeyPurpose& purpose);
// key_request_fault: what is wrong with the members together; empty when nothing is.
std::string key_request_fault(const KeyRequest& key);
std::string no_tenant_text(std::string_view name);

}  // namespace signet
