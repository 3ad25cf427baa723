// ShardTable: one shard's open-addressing table of record pointers, behind one word that an atomic can hold.
//
// A slot is 8 octets: the record's address in the low 48 bits, 16 bits of the key's hash (the fingerprint) above. The
// home position of a key is the low bits of its fingerprint, so a table is copied, grown and thinned out from its slots
// alone: no record is touched, which keeps the copy of a shard at the speed of memcpy. The remaining bits of the
// fingerprint spare nearly all comparisons with a record that is not the one looked for.
// The handle itself is the table's address (64-octet aligned) with log2 of the capacity in its low bits: a look-up
// reaches its slot without touching a header first. The zero handle is an empty table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "keystore/clients/client.h"

namespace signet {

class ShardTable {
 public:
  static constexpr unsigned kFingerprintBits = 16;
  using Fingerprint = uint16_t;

  ShardTable() = default;
  explicit ShardTable(uintptr_t handle) : handle_(handle) {}
  uintptr_t handle() const { return handle_; }

  // A new empty table for `clients` of them, owned by the caller.
  static ShardTable allocate(size_t clients);
  // A new table with the same entries and room for `clients`, owned by the caller.
  ShardTable copy(size_t clients) const;
  void free();

  // Wait-free, none of them allocates.
  const ClientRecord* find(Fingerprint fingerprint, uint32_t tenant, std::string_view client_id) const;
  void prefetch_slot(Fingerprint fingerprint) const;
  void prefetch_record(Fingerprint fingerprint) const;  // waits for the slot

  // Writer only, before publication. `put` gives the record it replaces, or null; there must be room for one more.
  const ClientRecord* put(Fingerprint fingerprint, const ClientRecord* record);
  const ClientRecord* remove(Fingerprint fingerprint, uint32_t tenant, std::string_view client_id);

  size_t count() const;
  bool has_room(size_t clients) const;  // for so many in all
  size_t bytes() const;                 // with the allocator's overhead

  template <typename Visit>
  void for_each(const Visit& visit) const {
    for (size_t i = 0; i < capacity(); ++i) {
      if (slots()[i] != 0) visit(record_of(slots()[i]));
    }
  }

 private:
  struct Header;
  static constexpr uintptr_t kCapacityBits = 63;  // of the handle
  static constexpr unsigned kAddressBits = 48;

  static const ClientRecord* record_of(uint64_t slot) {
    return reinterpret_cast<const ClientRecord*>(slot & ((uint64_t{1} << kAddressBits) - 1));
  }
  static size_t fingerprint_of(uint64_t slot) { return slot >> kAddressBits; }
  static unsigned capacity_log2(size_t clients);
  static ShardTable allocate_log2(unsigned log2);

  size_t capacity() const { return handle_ == 0 ? 0 : size_t{1} << (handle_ & kCapacityBits); }
  size_t mask() const { return capacity() - 1; }
  uint64_t* slots() const { return reinterpret_cast<uint64_t*>(handle_ & ~kCapacityBits); }
  size_t& count_slot() const { return slots()[capacity()]; }
  size_t position_of(Fingerprint fingerprint, uint32_t tenant, std::string_view client_id) const;
  void insert_slot(uint64_t slot) const;

  uintptr_t handle_ = 0;
};

}  // namespace signet
