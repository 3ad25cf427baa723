// ClientDirectory: every client resident, as a sharded copy-on-write snapshot. One change copies one shard's pointer
// table, never a million clients.
// Invariants: shards are immutable once published; a record lives until every reader has passed after its replacement;
// one writer (the committer).
#pragma once

#include <cstddef>
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

  // A change: `client` null = remove.
  struct Change {
    uint32_t tenant;
    std::string_view client_id;
    const Client* client;
  };
  // Writer thread: publishes all changes and retires what they replace. Last-used minutes of a secret that stays carry
  // over. Each touched shard is copied once per call.
  void apply(std::span<const Change> changes);

  // load_* : at start, before any reader: fills without copy-on-write.
  void load_reserve(size_t clients);
  void load(const Client& client);

  size_t size() const;            // any thread, relaxed
  size_t resident_bytes() const;  // any thread, relaxed: tables and records

  // Writer thread, reader threads between two passes, or start: visits every record in no order. Records change while
  // it runs only as a whole: each one visited was current at some moment of the call.
  void for_each(const std::function<void(const ClientRecord&)>& visit) const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace signet
