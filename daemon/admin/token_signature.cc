#include "daemon/admin/token_signature.h"

#include <memory>
#include <utility>

#include "keystore/signing/remote_signer.h"

namespace signet {
namespace {

// Keeps itself alive while a token has it.
class AwaitedSignature final : public RemoteSignature, public std::enable_shared_from_this<AwaitedSignature> {
 public:
  using Then = std::function<void(std::string_view)>;
  AwaitedSignature(AdminService& admin, std::string text, size_t size, Then then)
      : admin_(admin), text_(std::move(text)), size_(size), then_(std::move(then)) {
    input = as_bytes(text_);
  }

  bool begin(const RemoteSigner& signer) {
    self_ = shared_from_this();
    if (signer.submit(*this)) return true;
    self_.reset();
    return false;
  }
  void completed() override {
    admin_.post([self = std::move(self_)] { self->finish(); });
  }
  void finish() { then_(made ? as_text(ByteSpan(signature).first(size_)) : std::string_view()); }

 private:
  AdminService& admin_;
  const std::string text_;
  const size_t size_;
  const Then then_;
  std::shared_ptr<AwaitedSignature> self_;
};

}  // namespace

void sign_for_admin(AdminService& admin, const SigningKey& key, std::string input,
                    std::function<void(std::string_view)> then) {
  if (key.remote) {
    const auto awaited =
        std::make_shared<AwaitedSignature>(admin, std::move(input), key.signature_size, std::move(then));
    if (!key.remote->has_room() || !awaited->begin(*key.remote)) awaited->finish();
    return;
  }
  std::string signature(key.signature_size, '\0');
  const ByteSpan message = as_bytes(input);
  const MutableByteSpan output{reinterpret_cast<uint8_t*>(signature.data()), signature.size()};
  if (key.signers.empty() || key.signers.back()->sign({&message, 1}, {&output, 1}) != 1) signature.clear();
  then(signature);
}

}  // namespace signet
