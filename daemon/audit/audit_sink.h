// AuditSink: copies every audit record to a second place, as a line of JSON. It follows the audit log by sequence, and
// the files of the issuance log by their offset, on a thread of its own: nobody waits for it, its memory is one page of
// records, and after a failure or a restart it goes on where it was. A record may come twice then, never not at all,
// unless it was pruned before it was copied.
//
// How far it came is in a small file, replaced after each page.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "daemon/audit/sink_output.h"
#include "keystore/store/store.h"

namespace signet {

// Thread rule: `reopen` and `figures` from any thread; the rest from the one that made it.
class AuditSink {
 public:
  struct Options {
    std::string target;              // `audit_sink` of the configuration
    std::string place_file;          // how far it came
    std::string issuance_directory;  // of the issuance log; need not exist
    Store* store = nullptr;          // outlives the sink
    // The name of a tenant, empty when it is gone; on the sink's thread, may block for a moment.
    std::function<std::string(uint32_t)> tenant_name;
  };
  struct Figures {
    uint64_t copied = 0;    // records
    uint64_t dropped = 0;   // pruned before they were copied, or left out for their size
    uint64_t failures = 0;  // tries that the sink refused
    uint64_t behind = 0;    // records of the audit log that are still to be copied
  };

  explicit AuditSink(Options options);
  // Starts the thread. Once.
  void start();
  ~AuditSink();  // close
  AuditSink(const AuditSink&) = delete;
  AuditSink& operator=(const AuditSink&) = delete;

  void reopen();
  Figures figures() const;
  // Ends the thread after the turn it is at; what is left is copied after the next start. Blocks. Idempotent.
  void close();

 private:
  // What has been copied: records of the audit log up to `sequence`, the issuance log up to an offset of a file.
  struct Place {
    uint64_t sequence = 0;
    uint32_t file = 0;
    uint64_t offset = 0;
    bool operator==(const Place&) const = default;
  };

  void run();
  bool copy_page();
  bool copy_issuance();
  bool write(const std::vector<std::string>& lines, const std::vector<uint64_t>& sequences);
  std::string tenant_of(const AuditRecord& record);
  void load_place();
  void save_place();
  void failed(std::string_view why);

  const Options options_;
  std::unique_ptr<SinkOutput> output_;
  Place place_, saved_;
  std::map<uint32_t, std::string> tenants_;
  bool failing_ = false;
  bool faulty_ = false;  // the chain is broken, and that was said
  std::atomic<bool> reopen_{false};
  std::atomic<uint64_t> copied_{0}, dropped_{0}, failures_{0}, behind_{0};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool closing_ = false;  // under mutex_
  std::thread thread_;
};

}  // namespace signet
