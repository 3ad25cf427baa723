// ChunkSender: a thread that sends one prepared chunk after the other and waits for their commits, so that the next one
// is prepared meanwhile. Two chunks are on their way at a time: the daemon reads one while it commits the other.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tools/ctl/admin_client.h"
#include "tools/ctl/import/import_run.h"

namespace signet::ctl {

struct PreparedChunk {
  uint64_t number = 0;
  std::vector<uint64_t> lines;  // of each client in the file
  std::string buffer;           // kChunkBodySizeMax octets, made once: filling it with zeros for each chunk costs more
  size_t body_size = 0;         // of the buffer
  bool behind_another = false;  // sent while another one had no answer yet
};

// Lock-protected: `mutex_` guards everything below it. put, wait_idle and finish are for the one preparing thread.
class ChunkSender {
 public:
  // `admin` and `result` are borrowed and belong to the sending thread until finish().
  ChunkSender(AdminClient& admin, std::string import_id, ImportResult& result);
  ~ChunkSender();
  ChunkSender(const ChunkSender&) = delete;
  ChunkSender& operator=(const ChunkSender&) = delete;

  // put swaps `chunk` with the empty one of the sender once the last one is on its way: both keep their memory. False
  // when sending has failed.
  bool put(PreparedChunk& chunk);
  // Waits until everything is committed. False when sending has failed.
  bool wait_idle();
  // Waits for the rest and joins the thread. Gives the failure that ended it.
  std::optional<Failure> finish();
  // Clients that are committed or were found committed.
  uint64_t committed() const;

 private:
  enum class Step : uint8_t { kSend, kReceive, kEnd };
  void run();
  Step next_step(PreparedChunk& to);
  std::expected<void, Failure> send(const PreparedChunk& chunk);
  std::expected<void, Failure> receive_first();
  std::expected<void, Failure> settle_first(const HttpAnswer& answer);
  std::expected<void, Failure> send_again();

  AdminClient& admin_;
  const std::string import_id_;
  ImportResult& result_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  PreparedChunk waiting_;
  bool has_waiting_ = false;
  bool idle_wanted_ = false;
  bool finishing_ = false;
  size_t unanswered_ = 0;  // chunks taken from waiting_ whose fate is not known yet
  uint64_t committed_ = 0;
  std::optional<Failure> failure_;
  std::deque<PreparedChunk> on_way_;  // the sending thread's own: sent and not answered, oldest first
  std::vector<PreparedChunk> spare_;  // likewise: buffers to use again
  std::thread thread_;                // last: it uses all of the above
};

}  // namespace signet::ctl
