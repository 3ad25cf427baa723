// LastUsedFlusher: writes the coarse last-used minutes to the store once a minute, in bounded batches, one at a time,
// so that the changes of administrators pass between them; and has the store write those of API tokens. Its thread is a
// reader of the directory only while it looks.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "keystore/last_used_notes.h"
#include "keystore/snapshot/quiescence.h"
#include "keystore/store/store.h"

namespace signet {

class LastUsedFlusher {
 public:
  struct Parts {
    QuiescentDomain& domain;
    const ClientDirectory& clients;
    Store& store;
    LastUsedNotes& notes;
  };
  LastUsedFlusher(const Parts& parts, std::chrono::seconds interval);
  ~LastUsedFlusher();  // stops without a flush
  LastUsedFlusher(const LastUsedFlusher&) = delete;
  LastUsedFlusher& operator=(const LastUsedFlusher&) = delete;

  // moved: the client's secrets changed places, so its row is written with the next flush whatever its minutes are. Any
  // thread; locks, allocates.
  void moved(uint32_t tenant, std::string client_id);
  // stop ends the thread and flushes once more. Blocks. Idempotent. The store must still be open.
  void stop();

 private:
  void run(const std::stop_token& stop, std::chrono::seconds interval);
  void flush();
  void collect(size_t shard, std::vector<LastUsedRow>& rows) const;
  void collect_moved(std::vector<LastUsedRow>& rows);
  bool put(std::vector<LastUsedRow>& rows, uint64_t removals_seen);
  void flush_api_tokens();

  const Parts parts_;
  uint32_t since_minute_ = 0;  // uses before this one are in the store
  std::mutex mutex_;           // the two below
  std::condition_variable_any wake_;
  std::vector<std::pair<uint32_t, std::string>> moved_;
  std::jthread thread_;
};

}  // namespace signet
