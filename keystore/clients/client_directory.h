// ClientDirectory: every client resident, as a sharded copy-on-write snapshot. One change copies one shard's pointer
// table, never a million clients.
// Invariants:
// - A shard's table is immutable once published; a change publishes a new table by one release store of its pointer.
// - A record lives until every reader has passed after its replacement.
// - One writer at a time (the committer). Two shards of one apply become visible one after the other: clients do not
//   depend on each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "keystore/clients/client.h"
#include "keystore/snapshot/quiescence.h"

namespace signet {

class ClientDirectory {
 public:
  explicit ClientDirectory(QuiescentDomain& domain);
  ~ClientDirectory();

  // Reader threads (between two passes) and the writer: wait-free, does not allocate. Null when unknown.
  const ClientRecord* find(uint32_t tenant, std::string_view client_id) const;

  // The same in three steps, since one client of a million is in no cache: `begin` starts to fetch the client's place
  // in the table, `fetch` the record that is likely to be there, and `find` gives it. What is done between them hides
  // the waits. Each like `find` above.
  struct Search {
    uint64_t hash;
  };
  Search begin(uint32_t tenant, std::string_view client_id) const;
  void fetch(Search search) const;
  const ClientRecord* find(Search search, uint32_t tenant, std::string_view client_id) const;

  // A change: `client` null = remove.
  struct Change {
    uint32_t tenant;
    std::string_view client_id;
    const Client* client;
  };
  // Writer thread: publishes all changes and retires what they replace. Last-used minutes of a secret that stays carry
  // over. Each touched shard is copied once per call.
  void apply(std::span<const Change> changes);

  // load_* : at start, before any reader: fills without copy-on-write. `load_reserve` first, if the number is known;
  // `load` from any number of threads. A client loaded twice replaces itself.
  void load_reserve(size_t clients);
  void load(const Client& client);

  size_t size() const;            // any thread, relaxed
  size_t resident_bytes() const;  // any thread, relaxed: tables and records

  // Writer thread, reader threads between two passes, or start: visits every record in no order. Records change while
  // it runs only as a whole: each one visited was current at some moment of the call.
  void for_each(const std::function<void(const ClientRecord&)>& visit) const;

  // The shards, for long walks in steps (a reader passes between them): shard_of gives a number below kShards.
  static constexpr size_t kShards = 4096;
  size_t shard_of(uint32_t tenant, std::string_view client_id) const;  // any thread, does not allocate
  void for_each_in_shard(size_t shard, const std::function<void(const ClientRecord&)>& visit) const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace signet
