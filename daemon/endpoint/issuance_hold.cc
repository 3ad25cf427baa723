#include "daemon/endpoint/issuance_hold.h"

#include <chrono>
#include <thread>
#include <utility>

#include "protocol/base/check.h"
#include "protocol/oauth/issuance_record.h"

namespace signet {

class IssuanceHold::Batch final : public IssuanceBatch, public Mail {
 public:
  explicit Batch(IssuanceHold& hold) : hold_(hold) { lines.reserve(kOctetsMax / 8); }

  void completed() override {
    IssuanceHold& hold = hold_;
    hold.mailbox_.post(this);
    hold.out_.fetch_sub(1, std::memory_order_release);
  }
  void deliver() override { hold_.returned(*this); }
  void abandon() override {}  // the pool's

  SigningJob* first = nullptr;  // by SigningJob::next
  SigningJob* last = nullptr;
  Batch* next_free = nullptr;

 private:
  IssuanceHold& hold_;
};

IssuanceHold::IssuanceHold(IssuanceRecorder* recorder, SigningQueue& queue, Mailbox& mailbox, IssuanceHoldSink& sink)
    : recorder_(recorder), queue_(queue), mailbox_(mailbox), sink_(sink) {}

IssuanceHold::~IssuanceHold() { SIGNET_CHECK(out_.load() == 0); }

void IssuanceHold::wait_for_recorder() const {
  using namespace std::chrono_literals;
  while (out_.load(std::memory_order_acquire) != 0) std::this_thread::sleep_for(1ms);
}

// The batch being filled, or another one when it is full.
IssuanceHold::Batch& IssuanceHold::batch_for(size_t octets) {
  if (current_ != nullptr && (current_->count == kTogetherMax || current_->lines.size() + octets > kOctetsMax)) {
    submit(*std::exchange(current_, nullptr));
  }
  if (current_ != nullptr) return *current_;
  if (free_ == nullptr) {
    all_.push_back(std::make_unique<Batch>(*this));
    current_ = all_.back().get();
  } else {
    current_ = std::exchange(free_, free_->next_free);
  }
  return *current_;
}

void IssuanceHold::take(SigningJob& job) {
  SIGNET_CHECK(recorder_ != nullptr && job.record_size != 0);
  if (job.token_hash_at != 0) {
    const std::string_view token =
        job.text().substr(job.input_begin, job.signature_at + job.signature_size - job.input_begin);
    write_token_hash(token, job.buffer.get() + job.token_hash_at);
  }
  Batch& batch = batch_for(job.record_size + 1);
  batch.lines.append(job.record()).push_back('\n');
  ++batch.count;
  job.held = true;
  job.next = nullptr;
  (batch.last == nullptr ? batch.first : batch.last->next) = &job;
  batch.last = &job;
}

void IssuanceHold::hand_over_current() {
  if (under_way_ < kUnderWayMax) submit(*std::exchange(current_, nullptr));
}

void IssuanceHold::submit(Batch& batch) {
  ++under_way_;
  out_.fetch_add(1, std::memory_order_relaxed);
  batch.recorded = false;
  recorder_->record(batch);
}

void IssuanceHold::returned(Batch& batch) {
  --under_way_;
  for (SigningJob* job = batch.first; job != nullptr;) {
    SigningJob* next = job->next;
    batch.recorded ? sink_.recorded(*job) : sink_.not_recorded(*job);
    queue_.give_back(job);
    job = next;
  }
  batch.first = batch.last = nullptr;
  batch.count = 0;
  batch.lines.clear();
  batch.next_free = free_;
  free_ = &batch;
}

}  // namespace signet
