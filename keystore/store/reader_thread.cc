#include "keystore/store/reader_thread.h"

#include <concurrentqueue/blockingconcurrentqueue.h>
#include <pthread.h>

namespace signet::store {

struct ReaderThread::Queue {
  moodycamel::BlockingConcurrentQueue<ReadTask*> tasks;  // owning; null wakes the thread
};

namespace {

StoreError closed() { return {StoreErrorKind::kUnavailable, "the store is closed"}; }

}  // namespace

ReaderThread::ReaderThread() : queue_(std::make_unique<Queue>()), thread_([this] { run(); }) {}

ReaderThread::~ReaderThread() { close(); }

void ReaderThread::submit(std::unique_ptr<ReadTask> task) {
  const size_t before = pending_.fetch_add(1);
  if (before >= kTasksMax || closing_) {
    pending_.fetch_sub(1);
    return task->refuse(closing_ ? closed() : StoreError{StoreErrorKind::kBusy, "too many pages are being read"});
  }
  queue_->tasks.enqueue(task.release());
}

void ReaderThread::close() {
  closing_ = true;
  if (!thread_.joinable()) return;
  queue_->tasks.enqueue(nullptr);
  thread_.join();
}

// Until closing: then everything that was counted has been, or is about to be, queued.
void ReaderThread::run() {
  ::pthread_setname_np(::pthread_self(), "store-reader");
  constexpr int64_t kPatienceUs = 1000;
  while (!closing_ || pending_ != 0) {
    ReadTask* task = nullptr;
    if (closing_) {
      queue_->tasks.wait_dequeue_timed(task, kPatienceUs);
    } else {
      queue_->tasks.wait_dequeue(task);
    }
    if (task != nullptr) answer(std::unique_ptr<ReadTask>(task));
  }
}

void ReaderThread::answer(std::unique_ptr<ReadTask> task) {
  if (closing_) {
    task->refuse(closed());
  } else {
    task->run();
  }
  pending_.fetch_sub(1);
}

}  // namespace signet::store
