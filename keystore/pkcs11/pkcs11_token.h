// Pkcs11Token: the configured token, logged in, with the threads that sign in it. Each thread has a session of its own.
//
// Invariants:
// - A request that `submit` took over is completed once, if only without a signature: also when the token is lost, and
//   when this is stopped.
// - A signature leaves only after it was checked with the public half.
// - After a refused PIN nobody logs in again: a few more tries would lock the token.
// Locks: `mutex_` is held for the state of the connection and while somebody logs in; never while anybody signs.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "keystore/pkcs11/pkcs11_module.h"
#include "keystore/pkcs11/pkcs11_session.h"
#include "keystore/pkcs11/pkcs11_settings.h"
#include "keystore/signing/remote_signer.h"
#include "keystore/vault/locked_bytes.h"

namespace signet {

class TokenKey;

class Pkcs11Token {
 public:
  using Report = std::function<void(Pkcs11Event, const std::string&)>;
  // open loads the library, reads the PIN, finds the token and logs in; the threads run afterwards. The error is for
  // the operator: what is wrong, and what to do. `report` is called from any thread. Blocks.
  static std::expected<std::shared_ptr<Pkcs11Token>, std::string> open(const Pkcs11Settings& settings, Report report);
  ~Pkcs11Token();
  Pkcs11Token(const Pkcs11Token&) = delete;
  Pkcs11Token& operator=(const Pkcs11Token&) = delete;

  const std::string& label() const { return label_; }
  const std::string& serial() const { return serial_; }

  // has_room and submit are those of the keys, see RemoteSigner. Wait-free; lock-free.
  bool has_room() const {
    return up_.load(std::memory_order_relaxed) && waiting_.load(std::memory_order_relaxed) < settings_.queue_max;
  }
  bool submit(std::shared_ptr<const TokenKey> key, RemoteSignature& request);

  // with_session gives `use` a session that may change objects, logged in, of its own. Any thread that may block.
  template <typename T>
  Pkcs11Result<T> with_session(const std::function<Pkcs11Result<T>(Pkcs11Session&)>& use) {
    auto session = connect(Pkcs11Session::Access::kWrite);
    if (!session) return std::unexpected(session.error());
    return use(*session);
  }

  Pkcs11Status status() const;
  // stop completes what was taken over, without signatures where the token does not give them, and takes nothing more.
  // Waits for calls that are under way. Idempotent.
  void stop();

 private:
  class SigningThread;
  struct Queue;
  struct Counter {
    void add() { value.fetch_add(1, std::memory_order_relaxed); }
    std::atomic<uint64_t> value{0};
  };
  Pkcs11Token(const Pkcs11Settings& settings, Report report);

  Pkcs11Result<Pkcs11Session> connect(Pkcs11Session::Access access);
  void lost(const Pkcs11Failure& why);
  bool may_try_again();
  void still_lost();
  void connected();
  void proved();
  void complete(RemoteSignature& request, bool made);
  void report(Pkcs11Event event, const std::string& text) const;

  using Steady = std::chrono::steady_clock;
  const Pkcs11Settings settings_;
  const Report report_;
  std::unique_ptr<Pkcs11Module> module_;
  std::string label_, serial_;
  LockedBytes pin_;

  std::mutex mutex_;
  bool pin_refused_ = false;             // under mutex_
  bool trying_ = false;                  // a thread connects; under mutex_
  Steady::time_point again_at_;          // of the next try; under mutex_
  std::chrono::milliseconds backoff_{};  // 0 = nothing failed since the last signature; under mutex_
  std::atomic<bool> backed_off_{false};  // it is not 0
  std::atomic<bool> up_{false};

  std::unique_ptr<Queue> queue_;
  std::atomic<uint64_t> waiting_{0};
  std::atomic<bool> stopped_{false};
  Counter signatures_, failures_, refused_, reconnects_;
  std::vector<std::thread> threads_;
};

}  // namespace signet
