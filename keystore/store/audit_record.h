// Audit records as administrators read them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/digest.h"
#include "protocol/base/time.h"

namespace signet {

struct AuditRecord {
  uint64_t sequence = 0;
  uint64_t commit = 0;
  UnixMs time_ms = 0;
  uint32_t uid = 0;
  uint32_t pid = 0;
  std::string via;
  std::optional<uint32_t> tenant;  // nothing: the installation
  std::string what;                // "client.add"
  std::string subject;
  std::string before;  // JSON; empty = did not exist
  std::string after;   // JSON; empty = exists no more
  Sha256Digest hash{};
  // Of an issued token ("token.issued"; `after` is its record): the number of the token among those of the row, from 1,
  // and its tenant's name at the time. Tokens that were issued together share a row, and so sequence and hash.
  uint32_t token = 0;
  std::string tenant_name;
};

struct AuditRange {
  static constexpr size_t kRowsMax = 20'000;
  uint64_t after = 0;              // records behind this sequence
  uint64_t last = 0;               // instead of `after`, unless 0: so many at the end
  bool check_only = false;         // gives none, and only follows the chain
  size_t rows_max = kRowsMax;      // looked at, 1 .. kRowsMax
  size_t records_max = 1'000;      // given, and as many more as issued tokens share the last row
  std::string what;                // only of this kind, or of all that begin with it when it ends with a dot
  std::optional<uint32_t> tenant;  // only of this one
  std::string tenant_name;         // which is called so
  std::string subject;             // only of this one; empty = all
};

// What is wrong with a record: altered, removed, in another place, or not there although the store knows of it.
struct AuditFault {
  uint64_t sequence = 0;
  std::string text;
};

struct AuditPage {
  std::vector<AuditRecord> records;  // in order, of those that the range asked for
  uint64_t checked_to = 0;           // every record up to here was looked at, and follows from the one before
  uint64_t end = 0;                  // the last record when the page was read
  uint64_t base = 0;                 // records up to here have been pruned; the chain goes on behind them
  uint64_t exported = 0;             // records up to here are in an export that was found durable
  Sha256Digest base_hash{};          // of the record `base`
  Sha256Digest hash{};               // of the record `checked_to`
  std::optional<AuditFault> fault;   // the page ends before it
};

// An export of all records up to `last`, found whole and durable by who made it.
struct AuditExport {
  uint64_t last = 0;
  Sha256Digest hash{};      // of that record: another one is refused
  std::string detail_json;  // what the audit record says of it
};

struct AuditPruning {
  uint64_t last = 0;            // drops the records up to here
  bool without_export = false;  // those too that no export holds
};

}  // namespace signet
