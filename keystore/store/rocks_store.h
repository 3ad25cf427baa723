// The parts of open_rocks_store that tests replace.
#pragma once

#include <expected>
#include <memory>

#include "keystore/store/store.h"

namespace rocksdb {
class Env;
}

namespace signet::store {

class Clock;

struct RocksStoreSeams {
  rocksdb::Env* env = nullptr;  // null = the machine's file system
  Clock* clock = nullptr;       // null = the machine's
};

// open_rocks_store, with parts replaced. The seams outlive the store.
std::expected<std::unique_ptr<Store>, StoreOpenFailure> open_rocks_store_with(const StoreOptions& options,
                                                                              StoreLoader& loader,
                                                                              const RocksStoreSeams& seams);

}  // namespace signet::store
