// A queue's surroundings: keys that sign with the first octets of a message at a cost that a test sets, and a sink that
// remembers.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "keystore/queue/signing_queue.h"
#include "protocol/base/base64url.h"

namespace signet {

inline constexpr size_t kFakeSignatureSize = 4;

// "Signs" with the first octets of the message, and remembers the sizes of its groups.
class FakeSigner final : public Signer {
 public:
  size_t group_width() const override { return 8; }
  uint32_t each_cost_ns(uint32_t each_ns) const override { return std::max(each_ns, at_least_ns); }
  uint64_t cost_ns(size_t count, uint32_t each_ns) const override {
    if (!in_groups) return Signer::cost_ns(count, each_cost_ns(each_ns));
    return count < few ? count * alone_ns : (count + 7) / 8 * 8 * each_ns;
  }
  size_t sign(std::span<const ByteSpan> inputs, std::span<const MutableByteSpan> outputs) override {
    groups.push_back(inputs.size());
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (calls++ == fails_at) return i;
      std::memcpy(outputs[i].data(), inputs[i].data(), kFakeSignatureSize);
    }
    return inputs.size();
  }
  std::vector<size_t> groups;
  uint32_t at_least_ns = 0;  // each, since the key was prepared
  bool in_groups = false;    // a group costs the same however many are in it
  size_t few = 0;            // fewer are signed one by one
  uint64_t alone_ns = 0;     // each of those
  size_t calls = 0;
  size_t fails_at = SIZE_MAX;
};

struct Keys {
  // A key of `algorithm` whose signature is said to cost `cost_ns`; tenant 0.
  FakeSigner* add(JwsAlgorithm algorithm, uint64_t revision, uint32_t cost_ns, KeyStatus status = KeyStatus::kActive,
                  uint64_t signed_as = 0) {
    auto key = std::make_shared<SigningKey>();
    key->algorithm = algorithm;
    key->status = status;
    key->revision = revision;
    key->signed_as = signed_as;
    key->cost_ns = cost_ns;
    key->signature_size = kFakeSignatureSize;
    auto signer = std::make_unique<FakeSigner>();
    FakeSigner* raw = signer.get();
    key->signers.push_back(std::move(signer));
    tenant->keys.push_back(std::move(key));
    return raw;
  }
  KeySet set() const {
    KeySet keys;
    tenant->index();
    keys.tenants.push_back(tenant);
    keys.index();
    return keys;
  }
  std::shared_ptr<TenantKeys> tenant = std::make_shared<TenantKeys>();
};

class RecordingSink final : public SigningSink {
 public:
  bool still_valid(const SigningJob& job) override {
    ++asked;
    return job.client() != refused_client;
  }
  void signed_job(SigningJob& job) override {
    done.push_back(job.owner.slot);
    texts.emplace_back(job.text());
  }
  void checked_job(SigningJob& job, bool) override { checked.push_back(job.owner.slot); }
  void failed_job(SigningJob& job, Failure why) override { failed.emplace_back(job.owner.slot, why); }
  void before_dear_group() override { done_before_dear.push_back(done.size() + checked.size()); }
  std::vector<uint32_t> done;
  std::vector<uint32_t> checked;
  std::vector<size_t> done_before_dear;  // jobs that were, at each call
  std::vector<std::string> texts;
  std::vector<std::pair<uint32_t, Failure>> failed;
  std::string_view refused_client = "none";
  int asked = 0;
};

inline void push(SigningQueue& queue, uint32_t slot, JwsAlgorithm algorithm, uint64_t revision, uint32_t cost_ns,
                 std::string_view client = "c") {
  SigningJob* job = queue.take();
  ASSERT_NE(job, nullptr);
  job->owner.slot = slot;
  job->algorithm = algorithm;
  job->key_revision = revision;
  job->cost_ns = cost_ns;
  job->client_id_size = static_cast<uint8_t>(client.size());
  std::memcpy(job->client_id.data(), client.data(), client.size());
  std::string text = "<0000.______>";
  text.replace(1, 4, std::to_string(1000 + slot));
  std::memcpy(job->buffer.get(), text.data(), text.size());
  job->size = text.size();
  job->input_begin = 1;
  job->input_size = 4;
  job->signature_at = 6;
  queue.push(job);
}

inline std::string signature_of(uint32_t slot) {
  const std::string message = std::to_string(1000 + slot);
  return base64url_text(as_bytes(message));
}

}  // namespace signet
