// SigningJob: one answer being composed, with a hole where its signature goes. Jobs and their buffers are recycled, so
// that the steady path does not allocate.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "protocol/jose/algorithm.h"

namespace signet {

// Whom the result is for. Names, never pointers: the peer may hang up while the job waits. The queue does not read it.
struct SigningJobOwner {
  uint32_t slot = 0;
  uint32_t generation = 0;
  uint32_t sequence = 0;
  uint32_t item = 0;        // entry of a batch
  uint64_t arrived_ns = 0;  // monotonic
  uint32_t batch = 0;       // 1 + number of the batch it belongs to; 0 = none
  uint8_t purpose = 0;      // of a check: whose answer it is part of
};

enum class SigningTask : uint8_t {
  kSign,   // fill the hole
  kCheck,  // tell whether a given signature holds
  // The same of a dialect's token, whose header names no key: with the key of `key_revision` alone. One that changed
  // meanwhile holds nothing.
  kCheckDialect,
};

// Loop thread only.
struct SigningJob {
  static constexpr size_t kBufferSize = 2048;

  SigningTask task = SigningTask::kSign;
  SigningJobOwner owner;

  // The key, by name: looked up again when the job is signed, so that a key withdrawn meanwhile takes effect.
  uint32_t tenant = 0;
  uint64_t key_revision = 0;
  JwsAlgorithm algorithm{};
  uint32_t cost_ns = 0;

  // The client it is issued to, for the second look at jobs that were carried over an iteration.
  uint64_t client_revision = 0;
  uint8_t client_id_size = 0;
  std::array<char, 128> client_id;

  // The text of a signing: signed from input_begin for input_size octets; the base64url signature lands at
  // signature_at.
  std::unique_ptr<char[]> buffer;
  size_t capacity = 0;
  size_t size = 0;
  size_t input_begin = 0;
  size_t input_size = 0;
  size_t signature_at = 0;
  // Of a check: the raw signature's octets, at signature_at; and where its owner keeps what it will need afterwards.
  size_t signature_size = 0;
  size_t notes_at = 0;

  // Of a signing, while issuance is audited: the token's record (IssuanceRecord) stands behind the text, from record_at
  // on; 0 octets = there is none. Where token_hash_at is not 0, the token's hash belongs there.
  size_t record_at = 0;
  size_t record_size = 0;
  size_t token_hash_at = 0;
  bool held = false;  // by the sink, beyond signed_job: it gives the job back itself

  uint64_t queued_in_run = 0;  // of the queue: tells carried-over jobs
  SigningJob* next = nullptr;  // of the free list or of a class queue

  std::string_view client() const { return {client_id.data(), client_id_size}; }
  std::string_view input() const { return {buffer.get() + input_begin, input_size}; }
  std::string_view text() const { return {buffer.get(), size}; }
  std::string_view record() const { return {buffer.get() + record_at, record_size}; }
  // Makes room for `wanted` octets; what the buffer held is lost. Allocates only beyond the capacity.
  void ensure(size_t wanted);
};

}  // namespace signet
