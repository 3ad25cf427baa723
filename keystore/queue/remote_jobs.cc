#include "keystore/queue/remote_jobs.h"

#include <chrono>
#include <thread>

namespace signet {

RemoteJobs::Entry* RemoteJobs::take_entry() {
  if (free_ == nullptr) {
    pool_.push_back(std::make_unique<Entry>(*this));
    return pool_.back().get();
  }
  Entry* entry = free_;
  free_ = entry->next;
  return entry;
}

bool RemoteJobs::submit(const RemoteSigner& signer, SigningJob& job) {
  if (!has_room()) return false;
  Entry* entry = take_entry();
  entry->job = &job;
  entry->input = as_bytes(job.input());
  entry->made = false;
  in_flight_.fetch_add(1, std::memory_order_relaxed);
  if (signer.submit(*entry)) {
    ++out_;
    return true;
  }
  in_flight_.fetch_sub(1, std::memory_order_relaxed);
  entry->next = free_;
  free_ = entry;
  return false;
}

void RemoteJobs::came_back(Entry& entry) {
  Entry* last = last_.load(std::memory_order_relaxed);
  do {
    entry.next = last;
  } while (!last_.compare_exchange_weak(last, &entry, std::memory_order_release, std::memory_order_relaxed));
  if (last == nullptr && wake_) wake_();
  in_flight_.fetch_sub(1, std::memory_order_release);
}

RemoteJobs::Entry* RemoteJobs::take_in_order() {
  if (last_.load(std::memory_order_relaxed) == nullptr) return nullptr;
  Entry* newest = last_.exchange(nullptr, std::memory_order_acquire);
  Entry* oldest = nullptr;
  while (newest != nullptr) {
    Entry* const before = newest->next;
    newest->next = oldest;
    oldest = newest;
    newest = before;
  }
  return oldest;
}

void RemoteJobs::wait() const {
  using namespace std::chrono_literals;
  while (in_flight_.load(std::memory_order_acquire) != 0) std::this_thread::sleep_for(1ms);
}

}  // namespace signet
