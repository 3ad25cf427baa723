#include "keystore/signing/one_by_one_signer.h"

#include "protocol/base/check.h"
#include "protocol/base/secret_bytes.h"

namespace signet {

size_t OneByOneSigner::sign(std::span<const ByteSpan> inputs, std::span<const MutableByteSpan> outputs) {
  SIGNET_CHECK(inputs.size() == outputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    SIGNET_CHECK(outputs[i].size() == signature_size_);
    if (!sign_one(inputs[i], outputs[i])) [[unlikely]] {
      wipe(outputs[i]);
      return i;
    }
  }
  return inputs.size();
}

}  // namespace signet
