// Machine: a store in this process on a file system that loses power: what was not synced is forgotten then, but for a
// part of it, as disks do.
//
// Thread rule: one thread; `cut_power` from any once it was started.
#pragma once

#include <memory>
#include <random>
#include <string>

#include "keystore/store/rocks_store.h"
#include "tests/keystore/store/indexing_listener.h"
#include "tests/keystore/store/test_rotation.h"
#include "tests/support/fault_file_system.h"

namespace signet::crash {

class Machine {
 public:
  explicit Machine(std::string data);  // DATA; made by the first `open`
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  // A new, sound file system under what is there; before `open`.
  void power_on();
  // Opens the store and begins its service. Nothing = it is open, else why not.
  std::optional<StoreOpenFailure> open();
  // From now on nothing is written any more.
  void cut_power() { faults_->lose_power(); }
  // From now on the disk only says that it syncs.
  void ignore_syncs() { faults_->ignore_syncs(); }
  // After cut_power: closes the store and forgets what was not synced, see FaultFileSystem. The octets of it.
  uint64_t come_down(std::mt19937_64* random = nullptr);
  void stop();  // in good order

  // The mark is synced once a second only: it may come back as it was when the store was opened.
  void put_back_mark() const;

  Store& store() { return *store_; }
  const RevocationIndex& index() const { return service_->index; }

 private:
  // What a process holds.
  struct Service {
    QuiescentDomain domain;
    RevocationIndex index{domain};
    store::IndexingListener listener{index};
  };

  const std::string data_;
  std::shared_ptr<FaultFileSystem> faults_;
  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<Store> store_;
  std::string mark_;
};

}  // namespace signet::crash
