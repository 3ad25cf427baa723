// json_text: what a handler answers or keeps, as JSON in a string of its own.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "protocol/json/writer.h"

namespace signet {

// Calls `write` with a writer that has room for `texts` octets of values at their longest (six for one) and for
// `literals` octets of everything else. Empty when that was too little. Allocates; any thread.
template <typename Write>
std::string json_text(size_t texts, size_t literals, Write write) {
  std::string out(6 * texts + literals, '\0');
  JsonWriter json(out);
  write(json);
  out.resize(json.size());
  return out;
}

}  // namespace signet
