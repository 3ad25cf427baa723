// QuiescentDomain: reclamation of published snapshots by quiescent states.
//
// Invariants:
// - A reader (one per worker thread) is quiescent only inside `pass`, which its loop calls from the prepare callback;
//   no snapshot pointer survives from before a `pass` to after it.
// - What was unpublished before `retire`/`after_grace` was called is freed/called only once every reader that existed
//   then has passed afterwards (or is parked or gone).
// - The publisher wakes every reader (an idle loop sleeps in epoll and would never pass).
// Readers never lock, never wait, never allocate here.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace signet {

class QuiescentDomain {
 public:
  // `wake` is called for a reader from the publisher's thread; it must be thread-safe and never block
  // (uv_async_send). Called under no lock that `pass` takes.
  using Wake = std::function<void()>;

  // A registered reader. Thread rule: `pass` on the reader's own thread only.
  class Reader {
   public:
    // Marks a quiescent state: one relaxed load and one release store.
    void pass() noexcept;

   private:
    friend class QuiescentDomain;
    explicit Reader(QuiescentDomain& domain, Wake wake);
    QuiescentDomain& domain_;
    Wake wake_;
    alignas(64) std::atomic<uint64_t> seen_;
  };

  QuiescentDomain();
  ~QuiescentDomain();  // no reader may be registered; runs everything still retired
  QuiescentDomain(const QuiescentDomain&) = delete;
  QuiescentDomain& operator=(const QuiescentDomain&) = delete;

  // Any thread; allocates, locks. The pointer lives until `unregister_reader`.
  Reader* register_reader(Wake wake);
  // Any thread, once the reader's loop has ended: counts as passed for ever.
  void unregister_reader(Reader* reader);

  // after_grace runs `action` once every reader has passed after this call. Runs on the thread that calls `poll`, or at
  // once on this one when there is no reader. Publisher threads; locks, wakes readers.
  void after_grace(std::function<void()> action);
  // retire deletes `object` after grace.
  template <typename T>
  void retire(std::unique_ptr<const T> object) {
    // std::function wants a copyable target.
    after_grace([shared = std::shared_ptr<const T>(std::move(object))]() mutable { shared.reset(); });
  }
  // poll runs what is due. Called by the reclamation thread of this domain; public for tests. Returns how many ran.
  size_t poll();

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
  alignas(64) std::atomic<uint64_t> epoch_{1};
};

}  // namespace signet
