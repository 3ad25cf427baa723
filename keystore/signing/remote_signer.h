// RemoteSigner: a key whose signatures are made by other threads, because each takes long: a hardware token answers in
// milliseconds, and a worker must not wait.
//
// Invariants: a request that was taken over is completed exactly once, whatever happens to the signer; whoever
// completes it touches nothing of it afterwards.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "protocol/base/bytes.h"

namespace signet {

// One signature that is asked for. In the asker's memory, which stays until it is completed.
class RemoteSignature {
 public:
  static constexpr size_t kSizeMax = 512;  // RSA of 4096 bits

  virtual ~RemoteSignature() = default;
  // Any thread; must not block. `made` and `signature` are set.
  virtual void completed() = 0;

  ByteSpan input;                           // what is to be signed; borrowed until completed
  bool made = false;                        // else there is none, and a later try may get one
  std::array<uint8_t, kSizeMax> signature;  // the raw form of JWS, as long as the key's signatures are
  std::shared_ptr<const void> keeps;        // the signer's, while it has the request
};

class RemoteSigner {
 public:
  virtual ~RemoteSigner() = default;
  // has_room tells whether a request would be taken over, and can be expected to be answered with a signature. Any
  // thread; wait-free.
  virtual bool has_room() const = 0;
  // submit takes the request over; false: it is not, since there is no room, or nobody to make it. Any thread;
  // lock-free.
  virtual bool submit(RemoteSignature& request) const = 0;
};

}  // namespace signet
