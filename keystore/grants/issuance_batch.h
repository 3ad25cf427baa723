// IssuanceBatch: records of issued tokens on their way from the worker that signed them to whoever keeps them, and
// back. Belongs to its asker's pool: nothing of it is kept once `completed` was called.
//
// Thread rule: the asker's, but between IssuanceRecorder::record and `completed`: then it is the recorder's alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace signet {

class IssuanceBatch {
 public:
  // One JSON object a line, each with its line feed (protocol/oauth/issuance_record.h); memory that is reused.
  std::string lines;
  uint32_t count = 0;  // of them, at least 1

  bool recorded = false;  // out: else nothing of it may be answered

  // Called once, on the recorder's thread, or on the asker's before `record` returns. Must not block. The batch is the
  // asker's again.
  virtual void completed() = 0;

  // The recorder's, while it has the batch.
  alignas(std::max_align_t) std::array<std::byte, 32> store_space;

 protected:
  ~IssuanceBatch() = default;
};

// Keeps records of issued tokens. Which one there is says `audit_issuance` in the configuration.
class IssuanceRecorder {
 public:
  virtual ~IssuanceRecorder() = default;
  // Any thread; takes no lock and allocates nothing on it.
  virtual void record(IssuanceBatch& batch) = 0;
};

}  // namespace signet
