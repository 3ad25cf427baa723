// DialectRecord: a small document of a dialect's own state (a registration, a pending authorisation, a configuration),
// changed by compare and set. The store knows nothing of what is in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/time.h"

namespace signet {

// On disk: never renumber.
enum class DialectRecordKind : uint8_t {
  kVcloudRegistration = 1,
  kVcloudServiceAccount = 2,
  kVcloudDevice = 3,
  kNovapostSandbox = 4,
  kDataforConfiguration = 5,
};
constexpr bool known_kind(DialectRecordKind kind) {
  return kind >= DialectRecordKind::kVcloudRegistration && kind <= DialectRecordKind::kDataforConfiguration;
}
// Kinds whose value is a secret: sealed by the vault, and resident (Keystore::dialect_configurations). They never
// expire.
constexpr bool is_sealed(DialectRecordKind kind) { return kind == DialectRecordKind::kDataforConfiguration; }
constexpr bool is_resident(DialectRecordKind kind) { return is_sealed(kind); }

inline constexpr size_t kDialectRecordIdSizeMax = 128;
inline constexpr size_t kDialectRecordValueSizeMax = size_t{16} * 1024;
inline constexpr size_t kDialectRecordSealSize = 40;         // what sealing adds to a value: nonce and tag
inline constexpr size_t kDialectRecordChangesMax = 64;       // in one commit
inline constexpr size_t kDialectRecordsResidentMax = 1'000;  // of one tenant
inline constexpr size_t kDialectRecordPageMax = 500;

struct DialectRecord {
  uint32_t tenant = 0;
  DialectRecordKind kind{};
  std::string id;              // 1 to 128 visible ASCII characters
  std::string value;           // opaque octets, at most 16 KiB
  uint64_t revision = 0;       // given by the commit: grows with every change in the store, never reused
  UnixSeconds expires_at = 0;  // 0 = never
  bool operator==(const DialectRecord&) const = default;
};

// In which state a record must be for its change. One that has expired is not there.
struct DialectRecordState {
  enum class Kind : uint8_t { kAny, kAbsent, kRevision };
  Kind kind = Kind::kAny;
  uint64_t revision = 0;

  static constexpr DialectRecordState any() { return {}; }
  static constexpr DialectRecordState absent() { return {Kind::kAbsent, 0}; }
  static constexpr DialectRecordState at(uint64_t revision) { return {Kind::kRevision, revision}; }
};

struct DialectRecordChange {
  uint32_t tenant = 0;
  DialectRecordKind kind{};
  std::string id;
  std::optional<std::string> value;  // nothing = erase
  UnixSeconds expires_at = 0;        // 0 = never; in the future otherwise. Sealed kinds: 0
  DialectRecordState expected;
  // Set by Keystore::change_dialect_records for sealed kinds, of which the store takes no others: the value is a cell.
  bool sealed = false;
  // Handed to the listener with what was put; the store does not look into it.
  std::shared_ptr<const void> companion;
};

// What the audit record of a change says besides kinds, ids and revisions; values are never in it.
struct DialectAudit {
  std::string what;     // "vcloud.register"
  std::string subject;  // whom it is about
};

// A tenant's records of a kind, in the order of their ids.
struct DialectRecordQuery {
  uint32_t tenant = 0;
  DialectRecordKind kind{};
  std::string after;   // id of the last one seen; empty = from the beginning
  size_t limit = 100;  // rows looked at, 1 to kDialectRecordPageMax
};
struct DialectRecordPage {
  std::vector<DialectRecord> records;  // may be fewer than asked for, or none, although more follow
  std::string next;                    // `after` of the next page; empty = that was the last one
};

}  // namespace signet
