// make_client_record: packs a Client into one heap block, ClientRecord's only way into the world.
#pragma once

#include <memory>

#include "keystore/clients/client.h"

namespace signet {

struct ClientRecordDeleter {
  void operator()(const ClientRecord* record) const;
};
using ClientRecordPointer = std::unique_ptr<const ClientRecord, ClientRecordDeleter>;

// make_client_record: `client` must fit (fits_client_record; aborts otherwise, for the store has refused those that do
// not). The last-used minutes are those of the client's secrets. Any thread; allocates.
ClientRecordPointer make_client_record(const Client& client);

// carry_last_used copies the minutes of each secret of `from` that `to` has too, where they are later.
void carry_last_used(const ClientRecord& from, const ClientRecord& to);

}  // namespace signet
