#include "daemon/dialect/password_pool.h"

#include <utility>

namespace signet {

PasswordPool::PasswordPool(const PasswordCheck& check, size_t threads, size_t queue_max)
    : check_(check), queue_max_(queue_max) {
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

// The job may be gone as soon as it is posted.
void PasswordJob::go_home() {
  std::atomic<size_t>& elsewhere = elsewhere_;
  home_.post(this);
  elsewhere.fetch_sub(1, std::memory_order_release);
}

void PasswordPool::stop() {
  std::deque<PasswordJob*> left;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    left.swap(queue_);
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
  for (PasswordJob* job : left) job->go_home();
}

bool PasswordPool::submit(PasswordJob& job) {
  job.verdict = PasswordVerdict::kUnavailable;
  {
    const std::lock_guard lock(mutex_);
    if (ending_ || queue_.size() >= queue_max_) return false;
    job.elsewhere_.fetch_add(1, std::memory_order_relaxed);
    queue_.push_back(&job);
  }
  wake_.notify_one();
  return true;
}

void PasswordPool::run() {
  for (;;) {
    PasswordJob* job = nullptr;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return ending_ || !queue_.empty(); });
      if (ending_) return;
      job = queue_.front();
      queue_.pop_front();
    }
    const ByteSpan password = job->password.expose();
    job->verdict = check_.verify(job->verifier, job->tenant, job->client_id,
                                 {reinterpret_cast<const char*>(password.data()), password.size()});
    job->go_home();
  }
}

}  // namespace signet
