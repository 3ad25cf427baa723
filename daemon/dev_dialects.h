// The demo accounts of the dialects that `signetd --dev` serves.
#pragma once

#include <expected>
#include <string>

#include "daemon/dialect/dialect_set.h"
#include "keystore/keystore.h"

namespace signet {

// prepare_dev_dialects makes what is not there yet of the accounts in DIR/demo.json (mode 0600), which names them with
// their passwords and keys: one member for each dialect of Signet's own that is served, named as the dialect is, but
// "vcd" for vcloud. Returns when all is durable. Blocks. Start only.
std::expected<void, std::string> prepare_dev_dialects(Keystore& keystore, const DialectSet& set,
                                                      const std::string& data_dir);

}  // namespace signet
