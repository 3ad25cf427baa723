// ClientCounts: how many clients those tenants have that may have only so many. Exact, because the committer alone
// writes and every operation that adds or removes a client says so. Committer thread.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace signet::store {

class ClientCounts {
 public:
  // Nothing until it was counted.
  std::optional<uint64_t> find(uint32_t tenant) const;
  // counted: what the rows say, those of this operation included.
  void counted(uint32_t tenant, uint64_t clients);
  // One more (1) or one less (-1); of a tenant that was not counted it says nothing.
  void change(uint32_t tenant, int by);
  void forget(uint32_t tenant);

  // An operation begins; `undo` takes back what it changed.
  void begin_operation() { changes_.clear(); }
  void undo();

 private:
  struct Change {
    uint32_t tenant;
    int by;
  };
  std::unordered_map<uint32_t, uint64_t> clients_;
  std::vector<Change> changes_;
};

}  // namespace signet::store
