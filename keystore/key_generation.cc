#include "keystore/key_generation.h"

#include <algorithm>
#include <array>

namespace signet {
namespace {

constexpr size_t kJobsMax = 16;
constexpr std::array kRsaBits{0, 2048, 3072, 4096};
constexpr size_t kAudienceSizeMax = 2048;

StoreError stopped() { return {StoreErrorKind::kUnavailable, "the server is shutting down"}; }

std::unexpected<StoreError> invalid(std::string text) {
  return std::unexpected(StoreError{StoreErrorKind::kInvalid, std::move(text)});
}

}  // namespace

std::expected<void, StoreError> check_key_purpose(const KeyPurpose& purpose) {
  const bool rsa = is_rsa(purpose.algorithm);
  if (rsa ? std::ranges::find(kRsaBits, purpose.bits) == kRsaBits.end() : purpose.bits != 0) {
    return invalid(rsa ? "bits: 2048, 3072 or 4096" : "bits: only RSA keys have a choice of size");
  }
  if (purpose.token && is_symmetric(purpose.algorithm)) {
    return invalid("alg: an HMAC key cannot live in a token: its resource server needs the secret itself");
  }
  if (purpose.token && !purpose.token->adopt.empty() && purpose.bits != 0) {
    return invalid("bits: a key that is there has the size that it has");
  }
  if (!purpose.dialect.empty()) {
    if (!valid_dialect_name(purpose.dialect)) return invalid("dialect: 1 to 32 of a-z0-9-, a letter first");
    if (!purpose.audience.empty()) return invalid("audience: a dialect's key belongs to no audience");
    return {};
  }
  if (is_symmetric(purpose.algorithm) == purpose.audience.empty()) {
    return invalid(purpose.audience.empty() ? "audience: an HMAC key belongs to one audience, because whoever checks "
                                              "tokens with it can also make them"
                                            : "audience: only HMAC keys belong to an audience");
  }
  if (purpose.audience.size() > kAudienceSizeMax) return invalid("audience: too long");
  return {};
}

KeyGenerator::KeyGenerator() : thread_([this] { run(); }) {}

KeyGenerator::~KeyGenerator() { stop(); }

void KeyGenerator::submit(std::function<void()> work, std::function<void(StoreError)> refused) {
  StoreError refusal = stopped();
  {
    const std::lock_guard lock(mutex_);
    if (!stopped_ && jobs_.size() < kJobsMax) {
      jobs_.push_back({std::move(work), std::move(refused)});
      changed_.notify_one();
      return;
    }
    if (!stopped_) refusal = {StoreErrorKind::kBusy, "too many keys are being made: try again"};
  }
  refused(std::move(refusal));
}

void KeyGenerator::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  for (Job& job : jobs_) job.refused(stopped());
  jobs_.clear();
}

void KeyGenerator::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopped_ || !jobs_.empty(); });
    if (stopped_) return;
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job.work();
    lock.lock();
  }
}

}  // namespace signet
