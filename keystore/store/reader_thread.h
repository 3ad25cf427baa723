// ReaderThread: the thread that reads out of the database what workers ask for, so that neither a worker nor a commit
// waits for the disk.
//
// Invariants: a task is answered exactly once; at most kTasksMax wait. Thread rule: `submit` any thread; `close` one.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>
#include <utility>

#include "keystore/store/store_rows.h"

namespace signet::store {

class ReadTask {
 public:
  virtual ~ReadTask() = default;
  // One of the two, once. `run` on the thread; `refuse` there or, before `submit` returns, on the caller's.
  virtual void run() = 0;
  virtual void refuse(StoreError error) = 0;
};

class ReaderThread {
 public:
  static constexpr size_t kTasksMax = 1024;

  ReaderThread();
  ~ReaderThread();
  ReaderThread(const ReaderThread&) = delete;
  ReaderThread& operator=(const ReaderThread&) = delete;

  // Allocates; takes no lock.
  void submit(std::unique_ptr<ReadTask> task);
  // close refuses what waits and ends the thread. Blocks. Idempotent.
  void close();

 private:
  struct Queue;

  void run();
  void answer(std::unique_ptr<ReadTask> task);

  std::unique_ptr<Queue> queue_;
  std::atomic<size_t> pending_{0};
  std::atomic<bool> closing_{false};
  std::thread thread_;
};

// make_read_task: `read` gives a std::expected<T, StoreError> on the thread.
template <typename T, typename Read>
std::unique_ptr<ReadTask> make_read_task(Read read, StoreDone<T> done) {
  class Task final : public ReadTask {
   public:
    Task(Read how, StoreDone<T> told) : read_(std::move(how)), done_(std::move(told)) {}
    void run() override { done_(read_()); }
    void refuse(StoreError error) override { done_(std::unexpected(std::move(error))); }

   private:
    Read read_;
    StoreDone<T> done_;
  };
  return std::make_unique<Task>(std::move(read), std::move(done));
}

}  // namespace signet::store
