#include "keystore/clients/shard_table.h"

#include <malloc.h>

#include <cstdlib>
#include <cstring>
#include <new>

#include "protocol/base/check.h"

namespace signet {
namespace {

constexpr size_t kAlignment = 64;
constexpr unsigned kCapacityLog2Min = 3;
constexpr size_t kNowhere = SIZE_MAX;
constexpr size_t kRecordLines = 4;  // of a usual record

// At most three slots of four taken: linear probing stays at one or two lines, and an empty slot always ends a probe.
bool fits(size_t clients, size_t capacity) { return clients * 4 <= capacity * 3; }

}  // namespace

unsigned ShardTable::capacity_log2(size_t clients) {
  unsigned log2 = kCapacityLog2Min;
  while (!fits(clients, size_t{1} << log2)) ++log2;
  SIGNET_CHECK(log2 <= kFingerprintBits);  // 49,000 clients in one of 4096 shards: 200 million in all
  return log2;
}

ShardTable ShardTable::allocate_log2(unsigned log2) {
  // One word more than the slots, behind them: the number of entries.
  const size_t size = ((size_t{1} << log2) + 1) * sizeof(uint64_t);
  void* block = std::aligned_alloc(kAlignment, (size + kAlignment - 1) / kAlignment * kAlignment);
  if (block == nullptr) throw std::bad_alloc();
  std::memset(block, 0, size);
  return ShardTable(reinterpret_cast<uintptr_t>(block) | log2);
}

ShardTable ShardTable::allocate(size_t clients) { return allocate_log2(capacity_log2(clients)); }

void ShardTable::free() {
  if (handle_ != 0) std::free(slots());
  handle_ = 0;
}

ShardTable ShardTable::copy(size_t clients) const {
  const unsigned wanted = capacity_log2(clients);
  const auto have = static_cast<unsigned>(handle_ & kCapacityBits);
  // One size too large is kept: a shard at the border would otherwise move back and forth.
  if (handle_ != 0 && (have == wanted || have == wanted + 1)) {
    ShardTable same = allocate_log2(have);
    std::memcpy(same.slots(), slots(), (capacity() + 1) * sizeof(uint64_t));
    return same;
  }
  ShardTable other = allocate_log2(wanted);
  for (size_t i = 0; i < capacity(); ++i) {
    if (slots()[i] != 0) other.insert_slot(slots()[i]);
  }
  other.count_slot() = count();
  return other;
}

void ShardTable::insert_slot(uint64_t slot) const {
  size_t at = fingerprint_of(slot) & mask();
  while (slots()[at] != 0) at = (at + 1) & mask();
  slots()[at] = slot;
}

size_t ShardTable::position_of(Fingerprint fingerprint, uint32_t tenant, std::string_view client_id) const {
  if (handle_ == 0) return kNowhere;
  for (size_t at = fingerprint & mask(); slots()[at] != 0; at = (at + 1) & mask()) {
    if (fingerprint_of(slots()[at]) != fingerprint) continue;
    const ClientRecord* record = record_of(slots()[at]);
    if (record->tenant() == tenant && record->client_id() == client_id) return at;
  }
  return kNowhere;
}

void ShardTable::prefetch_slot(Fingerprint fingerprint) const {
  if (handle_ != 0) __builtin_prefetch(&slots()[fingerprint & mask()]);
}

void ShardTable::prefetch_record(Fingerprint fingerprint) const {
  if (handle_ == 0) return;
  for (size_t at = fingerprint & mask(); slots()[at] != 0; at = (at + 1) & mask()) {
    if (fingerprint_of(slots()[at]) != fingerprint) continue;
    // A request reads all of a record. Fetching beyond the end of a short one does no harm.
    const auto* record = reinterpret_cast<const char*>(record_of(slots()[at]));
    for (size_t line = 0; line < kRecordLines; ++line) __builtin_prefetch(record + line * kAlignment);
    return;
  }
}

const ClientRecord* ShardTable::find(Fingerprint fingerprint, uint32_t tenant, std::string_view client_id) const {
  const size_t at = position_of(fingerprint, tenant, client_id);
  return at == kNowhere ? nullptr : record_of(slots()[at]);
}

const ClientRecord* ShardTable::put(Fingerprint fingerprint, const ClientRecord* record) {
  const uint64_t address = reinterpret_cast<uintptr_t>(record);
  SIGNET_CHECK(address >> kAddressBits == 0);
  const uint64_t slot = uint64_t{fingerprint} << kAddressBits | address;
  const size_t at = position_of(fingerprint, record->tenant(), record->client_id());
  if (at != kNowhere) {
    const ClientRecord* replaced = record_of(slots()[at]);
    slots()[at] = slot;
    return replaced;
  }
  SIGNET_CHECK(has_room(count() + 1));
  insert_slot(slot);
  ++count_slot();
  return nullptr;
}

const ClientRecord* ShardTable::remove(Fingerprint fingerprint, uint32_t tenant, std::string_view client_id) {
  size_t hole = position_of(fingerprint, tenant, client_id);
  if (hole == kNowhere) return nullptr;
  const ClientRecord* removed = record_of(slots()[hole]);
  // Backward shift: an entry moves into the hole when the hole lies between its home and where it is.
  for (size_t at = (hole + 1) & mask(); slots()[at] != 0; at = (at + 1) & mask()) {
    const size_t home = fingerprint_of(slots()[at]) & mask();
    if (((at - home) & mask()) < ((at - hole) & mask())) continue;
    slots()[hole] = slots()[at];
    hole = at;
  }
  slots()[hole] = 0;
  --count_slot();
  return removed;
}

size_t ShardTable::count() const { return handle_ == 0 ? 0 : count_slot(); }

bool ShardTable::has_room(size_t clients) const { return handle_ != 0 && fits(clients, capacity()); }

size_t ShardTable::bytes() const { return handle_ == 0 ? 0 : malloc_usable_size(slots()) + sizeof(size_t); }

}  // namespace signet
