// An export of the audit log: its first line says what it follows, its last one how many records there are and what the
// hash of the last one is in the store; between them stand the records.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <string>

#include "protocol/json/line_chain.h"
#include "protocol/json/value.h"
#include "tools/ctl/failure.h"

namespace signet::ctl {

struct AuditExportEnd {
  uint64_t first = 0;  // sequences of the records
  uint64_t last = 0;
  std::string hash;         // of the record `last`, as the store has it
  std::string before_hash;  // of the record before `first`
  std::string chain;        // of the file's last line
};

// Writes an export. Not thread-safe; owns its descriptor. A file that is not finished is removed.
class AuditExportFile {
 public:
  // Fails when `path` exists.
  static std::expected<AuditExportFile, Failure> create(const std::string& path, uint64_t after,
                                                        const std::string& hash_after);
  AuditExportFile(AuditExportFile&& other) noexcept;
  AuditExportFile& operator=(AuditExportFile&&) = delete;
  ~AuditExportFile();

  // One record as the daemon gave it. Records come in the order of their sequences.
  std::expected<void, Failure> add(const JsonValue& record);
  // Ends the file: durable when it returns.
  std::expected<AuditExportEnd, Failure> finish();
  uint64_t last() const { return last_; }

 private:
  AuditExportFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  void add_line(const std::string& members);
  std::expected<void, Failure> flush();

  std::string path_;
  int descriptor_;
  LineChain chain_;
  uint64_t lines_ = 0;
  uint64_t after_ = 0, last_ = 0;
  std::string hash_after_, hash_;
  std::string text_;
};

// read_audit_export checks a file as a whole: the chain, both ends, and that no sequence is left out. The Failure names
// the line. `progress` gets the octets read so far. Blocks.
std::expected<AuditExportEnd, Failure> read_audit_export(const std::string& path,
                                                         const std::function<void(uint64_t)>& progress);

}  // namespace signet::ctl
