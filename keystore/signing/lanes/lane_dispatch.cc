#include "keystore/signing/lanes/lane_dispatch.h"

#include <atomic>
#include <mutex>

#include "keystore/signing/lanes/lane_self_test.h"
#include "keystore/signing/lanes/lane_support.h"
#include "keystore/signing/lanes/p256/p256_self_test.h"
#include "keystore/signing/lanes/rsa/rsa_self_test.h"

namespace signet::lanes {
namespace {

constinit std::atomic<Ed25519Sign> running{nullptr};
constinit std::atomic<const RsaLanes*> running_rsa{nullptr};
constinit std::atomic<p256::Sign> running_p256{nullptr};
constinit std::atomic<LaneState> state{LaneState::kNotStarted};
constinit std::atomic<uint32_t> spot_check{0};
constinit std::mutex fault_mutex;  // the two below
std::function<void()> on_fault;
bool fault_told = false;

// One of each kind; null: none.
struct Chosen {
  Ed25519Sign ed25519 = nullptr;
  const RsaLanes* rsa = nullptr;
  p256::Sign p256 = nullptr;

  bool any() const { return ed25519 != nullptr || rsa != nullptr || p256 != nullptr; }
  bool hold() const {
    return (ed25519 == nullptr || (base_table() != nullptr && ed25519_lanes_hold(*base_table(), ed25519))) &&
           (rsa == nullptr || rsa_lanes_hold(*rsa)) &&
           (p256 == nullptr || (p256::base_table() != nullptr && p256::lanes_hold(*p256::base_table(), p256)));
  }
};

Chosen of_this_processor() {
#if defined(__x86_64__)
  if (avx512_lanes_supported()) return {ed25519_sign_avx512, &rsa_lanes_avx512, p256::sign_avx512};
#endif
  return {};
}

LaneState choose(const LaneOptions& options, Chosen& chosen) {
  if (!options.wanted) return LaneState::kNotWanted;
  chosen = {options.ed25519, options.rsa, options.p256};
  if (!chosen.any()) chosen = of_this_processor();
  if (!chosen.any()) return LaneState::kUnsupported;
  return chosen.hold() ? LaneState::kRunning : LaneState::kSelfTestFailed;
}

}  // namespace

LaneState start_lanes(LaneOptions options) {
  running = nullptr;
  running_rsa = nullptr;
  running_p256 = nullptr;
  Chosen chosen;
  const LaneState now = choose(options, chosen);
  {
    const std::lock_guard lock(fault_mutex);
    on_fault = std::move(options.on_fault);
    fault_told = false;
  }
  spot_check = options.spot_check;
  state = now;
  if (now == LaneState::kRunning) {
    running = chosen.ed25519;
    running_rsa = chosen.rsa;
    running_p256 = chosen.p256;
  }
  return now;
}

LaneState lane_state() { return state.load(std::memory_order_relaxed); }

std::string_view signer_name(LaneState state) { return state == LaneState::kRunning ? "lanes" : "portable"; }

std::string_view lane_state_text(LaneState state) {
  switch (state) {
    case LaneState::kNotStarted:
      return "not started";
    case LaneState::kNotWanted:
      return "so configured";
    case LaneState::kUnsupported:
      return "the processor lacks AVX-512 IFMA";
    case LaneState::kSelfTestFailed:
      return "the signer of eight lanes failed its test at start";
    case LaneState::kRunning:
      return "eight lanes of AVX-512";
    case LaneState::kFaulty:
      return "a signature of the lanes was wrong";
  }
  return {};
}

uint32_t lane_spot_check() { return spot_check.load(std::memory_order_relaxed); }

Ed25519Sign ed25519_lanes() { return running.load(std::memory_order_acquire); }

const RsaLanes* rsa_lanes() { return running_rsa.load(std::memory_order_acquire); }

p256::Sign p256_lanes() { return running_p256.load(std::memory_order_acquire); }

void lanes_faulty() {
  running = nullptr;
  running_rsa = nullptr;
  running_p256 = nullptr;
  state = LaneState::kFaulty;
  const std::lock_guard lock(fault_mutex);
  if (fault_told) return;
  fault_told = true;
  if (on_fault) on_fault();
}

}  // namespace signet::lanes
