// QuiescentDomain: reclamation of published snapshots by quiescent states.
//
// Invariants:
// - A reader (one per worker thread) is quiescent only inside `pass`, which its loop calls from the prepare callback;
//   no snapshot pointer survives from before a `pass` to after it.
// - What was unpublished before `retire`/`after_grace` was called is freed/called only once every reader that existed
//   then has passed afterwards (or is gone).
// - The publisher wakes every reader (an idle loop sleeps in epoll and would never pass).
// - Actions become due in the order in which they were handed in.
// Readers never lock, never wait, never allocate here.
//
// Why this is sound. The publisher exchanges the snapshot pointer (P1), then raises `epoch_` to e with a release (P2),
// both on one thread. A reader passes by loading `epoch_` with acquire (R1) and storing what it read to its own slot
// with release (R2); later it loads the snapshot pointer (R3). `poll` loads the slots with acquire (Q1), then frees
// (Q2).
// - A reader counted as passed has read e or more in R1, from P2 or from a later increment, which continues P2's
// release
//   sequence (every change of `epoch_` is a read-modify-write). So P1 happens before R1, hence before R3, and R3 cannot
//   see the old pointer: it sees the new one or a newer. R3 cannot move above R1 because R1 is an acquire; whether R2
//   is visible before or after R3 does not matter, so no store-load fence is needed.
// - Everything the reader did with the old pointer is sequenced before R2, and Q1 reads R2 or a later pass: it happens
//   before Q2. A reader that R1 caught before P2 stored less than e and is not counted.
// - A reader registered after P2 took the mutex after it, so P1 happens before all it does.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>

namespace signet {

class QuiescentDomain {
 public:
  // `wake` is called for a reader from the publisher's thread; it must be thread-safe and never block
  // (uv_async_send). Called under a lock that `pass` does not take and `unregister_reader` does.
  using Wake = std::function<void()>;

  // A registered reader. Thread rule: `pass` on the reader's own thread only.
  class Reader {
   public:
    // Marks a quiescent state: one acquire load and one release store. Wait-free.
    void pass() noexcept;

   private:
    friend class QuiescentDomain;
    explicit Reader(QuiescentDomain& domain, Wake wake);
    QuiescentDomain& domain_;
    Wake wake_;
    alignas(64) std::atomic<uint64_t> seen_;  // on a line of its own: written by its reader in every iteration
  };

  // What waits for grace.
  struct Backlog {
    size_t actions = 0;
    size_t bytes = 0;
  };

  QuiescentDomain();
  ~QuiescentDomain();  // no reader may be registered; runs everything still retired
  QuiescentDomain(const QuiescentDomain&) = delete;
  QuiescentDomain& operator=(const QuiescentDomain&) = delete;

  // Any thread; allocates, locks. The pointer lives until `unregister_reader`. The thread that reads must be started,
  // or otherwise told, after this returned.
  Reader* register_reader(Wake wake);
  // Any thread, once the reader's loop has ended: counts as passed for ever. Its `wake` is not called after return.
  void unregister_reader(Reader* reader);

  // after_grace runs `action` once every reader has passed after this call. Runs on the thread that calls `poll`, or at
  // once on this one when there is no reader. `bytes` is what the action will free, for `wait_for_room`. Publisher
  // threads; locks, allocates, wakes readers.
  void after_grace(std::function<void()> action, size_t bytes = 0);
  // retire deletes `object`, which owns `bytes`, after grace.
  template <typename T>
  void retire(std::unique_ptr<const T> object, size_t bytes = sizeof(T)) {
    // std::function wants a copyable target.
    after_grace([shared = std::shared_ptr<const T>(std::move(object))]() mutable { shared.reset(); }, bytes);
  }

  // poll runs what is due and returns how many ran. Any thread; called by the Reclaimer and by tests.
  size_t poll();

  // wait_for_room is the back-pressure of a publisher: blocks until less than `most` is retired, at most `timeout`, and
  // returns whether there is room. A publisher that goes on after a time-out is slowed to one publication per
  // `timeout` as long as some reader does not pass, which bounds growth without stopping the store for ever. Never on
  // a reader's thread (it would wait for itself).
  bool wait_for_room(Backlog most, std::chrono::milliseconds timeout);
  // wait_for_retired blocks until something is retired (true) or stop is requested (false).
  bool wait_for_retired(const std::stop_token& stop);
  // Any thread; locks.
  Backlog backlog() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
  alignas(64) std::atomic<uint64_t> epoch_{1};
};

}  // namespace signet
