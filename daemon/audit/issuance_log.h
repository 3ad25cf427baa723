// IssuanceLog: records of issued tokens in files, handed to the operating system before the tokens are answered, and
// never synced while serving: they survive the process, not the machine. One thread writes, with one system call for
// everything that came while the last one ran.
//
// The files: `issuance-NNNNNNNN.jsonl` in one directory, each line part of one chain of hashes
// (protocol/json/line_chain.h) that goes on from file to file. A file is closed when it is large enough or its day
// (UTC) is over.
//
// Invariants: a batch is completed exactly once, as recorded only when all its lines have been taken by write(2); what
// a failed write left of a line is cut off before anything else is written.
// Thread rule: `record` and `figures` from any thread; the rest from the one that opened it.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "keystore/grants/issuance_batch.h"
#include "protocol/base/time.h"
#include "protocol/json/line_chain.h"

namespace signet {

class IssuanceLog final : public IssuanceRecorder {
 public:
  // Where the log stands: "issuance-log.begin" when there was none before, "issuance-log.end" when a file ends. To be
  // kept elsewhere, so that a file that is cut or made anew shows.
  struct Place {
    std::string_view what;
    std::string_view file;
    uint64_t line = 0;  // the last one
    Sha256Digest hash{};
  };
  struct Options {
    std::string directory;  // made when absent
    uint64_t file_octets_max = uint64_t{256} << 20;
    UnixMs (*clock)() = nullptr;
    std::function<void(const Place&)> on_place;  // the log's thread, or `open` and `close`; must not block
  };
  struct Figures {
    uint64_t records = 0;
    uint64_t writes = 0;
    uint64_t failures = 0;  // of writes
  };

  // Goes on where the directory's last file ends; what a crash left of a line is cut off. Gives what is wrong and what
  // to do about it. Blocks.
  static std::expected<std::unique_ptr<IssuanceLog>, std::string> open(Options options);
  ~IssuanceLog() override;
  IssuanceLog(const IssuanceLog&) = delete;
  IssuanceLog& operator=(const IssuanceLog&) = delete;

  void record(IssuanceBatch& batch) override;
  Figures figures() const;
  // Writes what is queued, syncs, ends the thread. Nothing may be recorded any more. Blocks. Idempotent.
  void close();

 private:
  struct Queue;
  struct File {
    std::string name;
    uint32_t number = 0;
    int descriptor = -1;
    uint64_t size = 0;  // of whole lines
    int64_t day = 0;
  };

  explicit IssuanceLog(Options options);
  std::string resume();
  void run();
  void write(const std::vector<IssuanceBatch*>& batches);
  bool make_room();
  bool begin_file();
  bool append_lines(const std::vector<IssuanceBatch*>& batches);
  bool append(const std::string& text);
  void tell(std::string_view what);
  void failed(const char* what);

  const Options options_;
  std::unique_ptr<Queue> queue_;
  File file_;
  LineChain chain_;     // of what is written
  uint64_t lines_ = 0;  // likewise
  std::string text_;    // being written
  bool dirty_ = false;  // a failed write may have left something behind file_.size
  bool failing_ = false;
  std::atomic<bool> closing_{false};
  std::atomic<uint64_t> records_{0}, writes_{0}, failures_{0};
  std::thread thread_;
};

}  // namespace signet
