// Pkcs11Token::SigningThread: takes requests, signs them in a session of its own, and finds its way back to a token
// that was lost.
#pragma once

#include <concurrentqueue/blockingconcurrentqueue.h>

#include <memory>
#include <optional>
#include <unordered_map>

#include "keystore/pkcs11/pkcs11_token.h"
#include "keystore/signing/verifier.h"

namespace signet {

struct Pkcs11Token::Queue {
  struct Entry {
    RemoteSignature* request = nullptr;  // null: a wake-up
    const TokenKey* key = nullptr;       // kept by the request
  };
  explicit Queue(size_t capacity) : requests(capacity) {}
  moodycamel::BlockingConcurrentQueue<Entry> requests;
};

// Thread rule: its thread. Several of them empty one queue.
class Pkcs11Token::SigningThread {
 public:
  explicit SigningThread(Pkcs11Token& token) : token_(token) {}
  // Until the token is stopped and nothing waits.
  void run();

 private:
  // What a thread knows of a key.
  struct Prepared {
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
    std::unique_ptr<Verifier> verifier;
  };
  void serve(const Queue::Entry& entry);
  Pkcs11Result<void> sign(const TokenKey& key, RemoteSignature& request);
  Pkcs11Result<Prepared*> prepare(const TokenKey& key);
  void connect();
  void disconnect(bool closed_by_token);

  Pkcs11Token& token_;
  std::optional<Pkcs11Session> session_;
  std::unordered_map<uint64_t, Prepared> prepared_;  // by the key's number
};

}  // namespace signet
