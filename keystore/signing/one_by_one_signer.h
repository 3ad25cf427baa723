// OneByOneSigner: the loop and the checks that signers of group width 1 share.
#pragma once

#include "keystore/signing/signer.h"

namespace signet {

class OneByOneSigner : public Signer {
 public:
  size_t group_width() const final { return 1; }
  size_t sign(std::span<const ByteSpan> inputs, std::span<const MutableByteSpan> outputs) final;

 protected:
  explicit OneByOneSigner(size_t signature_size) : signature_size_(signature_size) {}
  // sign_one fills `out`, of exactly the signature's size. False: failed; `out` is wiped by the caller.
  virtual bool sign_one(ByteSpan message, MutableByteSpan out) = 0;

 private:
  const size_t signature_size_;
};

}  // namespace signet
