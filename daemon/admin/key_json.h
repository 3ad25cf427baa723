// A key as the admin API shows it.
#pragma once

#include <string_view>

#include "keystore/keys/key_set.h"
#include "keystore/store/store_rows.h"
#include "protocol/json/writer.h"

namespace signet {

struct KeyView {
  std::string_view tenant, kid, audience, dialect;
  JwsAlgorithm algorithm;
  int bits;
  std::string_view location;
  KeyLife life;
  uint32_t skew_s;
};
// Views into what they are made from.
KeyView key_view(std::string_view tenant, const KeyRow& row, uint32_t skew_s);
KeyView key_view(std::string_view tenant, const SigningKey& key, uint32_t skew_s);

// write_key writes one object: what it is, its status, and the times of its life. `signs_from` is when the lead of a
// pending key holds, `retires_from` when the tail of a retiring one does; times that do not apply are null.
void write_key(JsonWriter& json, const KeyView& key);

}  // namespace signet
