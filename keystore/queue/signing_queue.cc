#include "keystore/queue/signing_queue.h"

#include "keystore/keys/check_signatures.h"
#include "protocol/base/base64url.h"
#include "protocol/base/check.h"

namespace signet {
namespace {

// Cheap classes first, so that what is dear waits for what is not; RSA last.
constexpr std::array kOrder{JwsAlgorithm::kHS256,   JwsAlgorithm::kHS384, JwsAlgorithm::kHS512, JwsAlgorithm::kEdDSA,
                            JwsAlgorithm::kEd25519, JwsAlgorithm::kES256, JwsAlgorithm::kPS256, JwsAlgorithm::kRS256};

bool same_key(const SigningJob& a, const SigningJob& b) {
  return a.key_revision == b.key_revision && a.tenant == b.tenant && a.task == b.task;
}

const SigningKey* find_signing_key(const KeySet& keys, const SigningJob& job) {
  const TenantKeys* tenant = keys.tenant(job.tenant);
  if (tenant == nullptr) return nullptr;
  const SigningKey* key = tenant->by_late_revision(job.key_revision);
  return key != nullptr && (key->status == KeyStatus::kActive || key->signed_as == job.key_revision) ? key : nullptr;
}

// By what the token says, as it was when the job was made: the key may have another revision since.
const SigningKey* find_checking_key(const KeySet& keys, const SigningJob& job, size_t worker) {
  const TenantKeys* tenant = keys.tenant(job.tenant);
  if (tenant == nullptr) return nullptr;
  const SigningKey* key = nullptr;
  if (job.task == SigningTask::kCheckDialect) {
    key = tenant->by_late_revision(job.key_revision);
    if (key != nullptr && key->dialect.empty()) return nullptr;
  } else {
    const std::string_view input = job.input();
    key = tenant->by_header(input.substr(0, input.find('.')));
  }
  return key != nullptr && can_check_with(*key, worker) && key->signature_size == job.signature_size ? key : nullptr;
}

}  // namespace

void SigningJob::ensure(size_t wanted) {
  if (capacity >= wanted) return;
  buffer = std::make_unique_for_overwrite<char[]>(wanted);
  capacity = wanted;
}

SigningQueue::SigningQueue(size_t signer_index, size_t jobs_max)
    : signer_index_(signer_index), jobs_max_(jobs_max), remote_(jobs_max) {}
SigningQueue::~SigningQueue() = default;

SigningJob* SigningQueue::take() {
  if (free_ == nullptr) {
    if (pool_.size() >= jobs_max_) return nullptr;
    pool_.push_back(std::make_unique<SigningJob>());
    pool_.back()->ensure(SigningJob::kBufferSize);
    return pool_.back().get();
  }
  SigningJob* job = free_;
  free_ = job->next;
  job->next = nullptr;
  job->size = 0;
  job->task = SigningTask::kSign;
  job->record_size = 0;
  job->held = false;
  return job;
}

void SigningQueue::give_back(SigningJob* job) {
  if (job->capacity > SigningJob::kBufferSize) {
    // A rare large token must not keep its memory for ever.
    job->buffer = std::make_unique_for_overwrite<char[]>(SigningJob::kBufferSize);
    job->capacity = SigningJob::kBufferSize;
  }
  job->next = free_;
  free_ = job;
}

void SigningQueue::push(SigningJob* job) {
  ClassQueue& queue = classes_[static_cast<size_t>(job->algorithm)];
  job->next = nullptr;
  job->queued_in_run = run_;
  if (queue.tail == nullptr) {
    queue.head = job;
  } else {
    queue.tail->next = job;
  }
  queue.tail = job;
  ++queue.size;
  ++queued_;
}

SigningJob* SigningQueue::pop(ClassQueue& queue) {
  SigningJob* job = queue.head;
  queue.head = job->next;
  if (queue.head == nullptr) queue.tail = nullptr;
  job->next = nullptr;
  --queue.size;
  --queued_;
  return job;
}

// What one call takes for `count` jobs like this one. Nothing when there is no such key.
std::optional<uint64_t> SigningQueue::call_cost_ns(const KeySet& keys, const SigningJob& job, size_t count) const {
  if (job.task != SigningTask::kSign) {
    const SigningKey* key = find_checking_key(keys, job, signer_index_);
    return key == nullptr ? std::nullopt : std::optional(checking_cost_ns(*key, signer_index_, count));
  }
  const SigningKey* key = find_signing_key(keys, job);
  if (key == nullptr || signer_index_ >= key->signers.size() || !key->signers[signer_index_]) return std::nullopt;
  return key->signers[signer_index_]->cost_ns(count, key->cost_ns);
}

// Whether a call for one more than `count` jobs like this one takes no longer: a group in lanes that is not full.
bool SigningQueue::one_more_is_free(const KeySet& keys, const SigningJob& job, size_t count) const {
  const auto now_ns = call_cost_ns(keys, job, count);
  return now_ns && call_cost_ns(keys, job, count + 1) <= now_ns;
}

// What one of many such jobs takes now: the lanes may have been given up since it was queued.
uint64_t SigningQueue::each_ns(const KeySet& keys, const SigningJob& job) const {
  uint32_t now_ns = 0;
  if (job.task == SigningTask::kSign) {
    if (const SigningKey* key = find_signing_key(keys, job)) now_ns = signing_cost_ns(*key);
  } else if (const SigningKey* key = find_checking_key(keys, job, signer_index_)) {
    now_ns = each_checking_cost_ns(*key, signer_index_);
  }
  return std::max(job.cost_ns, now_ns);
}

// gather takes jobs of one key from the front while their estimated cost fits `budget_ns`; always at least one, and
// what costs nothing more once those are taken.
size_t SigningQueue::gather(const KeySet& keys, ClassQueue& queue, uint64_t budget_ns, SigningSink& sink,
                            std::span<SigningJob*> group) {
  size_t count = 0;
  uint64_t each = 0;
  while (queue.head != nullptr && count < group.size()) {
    if (count > 0) {
      if (!same_key(*group[0], *queue.head)) break;
      if (count == 1) each = each_ns(keys, *group[0]);
      if ((count + 1) * each > budget_ns && !one_more_is_free(keys, *group[0], count)) break;
    }
    SigningJob* job = pop(queue);
    if (job->queued_in_run != run_ && !sink.still_valid(*job)) {
      fail(sink, {&job, 1}, SigningSink::Failure::kClientChanged);
      continue;
    }
    group[count++] = job;
  }
  return count;
}

bool SigningQueue::is_dear(const KeySet& keys, std::span<SigningJob*> group, uint64_t budget_ns) const {
  const SigningJob& first = *group[0];
  // Nearly always told by this alone, without a look at the key.
  if (group.size() * uint64_t{first.cost_ns} <= budget_ns / 2) return false;
  return call_cost_ns(keys, first, group.size()).value_or(0) > budget_ns / 2;
}

bool SigningQueue::run(const KeySet& keys, SigningSink& sink, uint64_t budget_ns) {
  finish_remote(keys, sink);
  if (queued_ == 0) return false;
  std::array<SigningJob*, kGroupMax> group;
  uint64_t left_ns = budget_ns;
  bool first_turn = true;  // every class gets one group; only then does the budget end the run
  bool progress = true;
  while (progress && (first_turn || left_ns > 0)) {
    progress = false;
    for (const JwsAlgorithm algorithm : kOrder) {
      ClassQueue& queue = classes_[static_cast<size_t>(algorithm)];
      if (queue.head == nullptr || (!first_turn && each_ns(keys, *queue.head) > left_ns)) continue;
      const size_t count = gather(keys, queue, left_ns, sink, group);
      if (count == 0) continue;
      if (progress && is_dear(keys, {group.data(), count}, budget_ns)) sink.before_dear_group();
      const uint64_t spent_ns = sign_group(keys, sink, {group.data(), count});
      left_ns -= std::min(left_ns, spent_ns);
      progress = true;
    }
    first_turn = false;
  }
  ++run_;
  if (queued_ == 0) return false;
  ++stats_.carried_over;
  return true;
}

uint64_t SigningQueue::sign_group(const KeySet& keys, SigningSink& sink, std::span<SigningJob*> group) {
  if (group[0]->task != SigningTask::kSign) return check_group(keys, sink, group);
  const SigningKey* key = find_signing_key(keys, *group[0]);
  if (key != nullptr && key->remote) return hand_over(*key, sink, group);
  if (key == nullptr || signer_index_ >= key->signers.size() || key->signers[signer_index_] == nullptr) {
    fail(sink, group, SigningSink::Failure::kKeyWithdrawn);
    return 0;
  }
  SIGNET_CHECK(key->signature_size <= kSignatureSizeMax);
  std::array<ByteSpan, kGroupMax> inputs;
  std::array<MutableByteSpan, kGroupMax> outputs;
  for (size_t i = 0; i < group.size(); ++i) {
    inputs[i] = as_bytes({group[i]->buffer.get() + group[i]->input_begin, group[i]->input_size});
    outputs[i] = {signatures_.data() + i * key->signature_size, key->signature_size};
  }
  Signer& signer = *key->signers[signer_index_];
  const size_t count = signer.sign({inputs.data(), group.size()}, {outputs.data(), group.size()});
  ++stats_.groups;
  finish(sink, group, count, key->signature_size);
  return signer.cost_ns(group.size(), key->cost_ns);
}

uint64_t SigningQueue::hand_over(const SigningKey& key, SigningSink& sink, std::span<SigningJob*> group) {
  for (SigningJob*& job : group) {
    if (remote_.submit(*key.remote, *job)) {
      ++classes_[static_cast<size_t>(job->algorithm)].remote;
    } else {
      fail(sink, {&job, 1}, SigningSink::Failure::kSignerUnavailable);
    }
  }
  ++stats_.groups;
  return uint64_t{key.cost_ns} * group.size();
}

// It took long: everything is looked up again, as for a job that was carried over.
void SigningQueue::finish_remote(const KeySet& keys, SigningSink& sink) {
  remote_.finish([&](SigningJob& done, ByteSpan signature) {
    SigningJob* job = &done;
    --classes_[static_cast<size_t>(job->algorithm)].remote;
    if (signature.empty()) return fail(sink, {&job, 1}, SigningSink::Failure::kSignerUnavailable);
    const SigningKey* key = find_signing_key(keys, done);
    if (key == nullptr) return fail(sink, {&job, 1}, SigningSink::Failure::kKeyWithdrawn);
    if (!sink.still_valid(done)) return fail(sink, {&job, 1}, SigningSink::Failure::kClientChanged);
    SIGNET_CHECK(key->signature_size <= signature.size());
    base64url_encode(signature.first(key->signature_size), done.buffer.get() + done.signature_at);
    sink.signed_job(done);
    give_back(job);
  });
}

uint64_t SigningQueue::check_group(const KeySet& keys, SigningSink& sink, std::span<SigningJob*> group) {
  const SigningKey* key = find_checking_key(keys, *group[0], signer_index_);
  std::array<bool, kGroupMax> held{};
  size_t checked = group.size();
  if (key != nullptr) {
    std::array<ByteSpan, kGroupMax> inputs;
    std::array<ByteSpan, kGroupMax> signatures;
    for (size_t i = 0; i < group.size(); ++i) {
      inputs[i] = as_bytes(group[i]->input());
      signatures[i] = as_bytes({group[i]->buffer.get() + group[i]->signature_at, group[i]->signature_size});
      group[i]->key_revision = key->revision;
    }
    checked = check_signatures(*key, signer_index_, {inputs.data(), group.size()}, {signatures.data(), group.size()},
                               {held.data(), group.size()});
  }
  ++stats_.groups;
  for (size_t i = 0; i < checked; ++i) {
    sink.checked_job(*group[i], held[i]);
    give_back(group[i]);
  }
  if (checked < group.size()) fail(sink, group.subspan(checked), SigningSink::Failure::kSignerFailed);
  return key == nullptr ? 0 : checking_cost_ns(*key, signer_index_, group.size());
}

void SigningQueue::finish(SigningSink& sink, std::span<SigningJob*> group, size_t signed_count, size_t signature_size) {
  for (size_t i = 0; i < signed_count; ++i) {
    SigningJob* job = group[i];
    const ByteSpan signature{signatures_.data() + i * signature_size, signature_size};
    base64url_encode(signature, job->buffer.get() + job->signature_at);
    sink.signed_job(*job);
    if (!job->held) give_back(job);
  }
  if (signed_count < group.size()) fail(sink, group.subspan(signed_count), SigningSink::Failure::kSignerFailed);
}

void SigningQueue::fail(SigningSink& sink, std::span<SigningJob*> group, SigningSink::Failure why) {
  for (SigningJob* job : group) {
    ++stats_.failures;
    sink.failed_job(*job, why);
    give_back(job);
  }
}

}  // namespace signet
