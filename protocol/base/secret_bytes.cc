#include "protocol/base/secret_bytes.h"

#include <cstring>
#include <utility>

namespace signet {

SecretBytes::SecretBytes(size_t size) : bytes_(size ? new uint8_t[size]() : nullptr), size_(size) {}

SecretBytes SecretBytes::copy_of(ByteSpan from) {
  SecretBytes copy(from.size());
  if (!from.empty()) std::memcpy(copy.bytes_.get(), from.data(), from.size());
  return copy;
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this == &other) return *this;
  wipe();
  bytes_ = std::move(other.bytes_);
  size_ = std::exchange(other.size_, 0);
  return *this;
}

SecretBytes::~SecretBytes() { wipe(); }

void SecretBytes::wipe() noexcept { signet::wipe({bytes_.get(), size_}); }

// explicit_bzero (glibc) is documented not to be optimised away, which a memset before free is.
void wipe(MutableByteSpan bytes) {
  if (!bytes.empty()) explicit_bzero(bytes.data(), bytes.size());
}

void wipe_text(std::string& text) {
  if (!text.empty()) explicit_bzero(text.data(), text.size());
}

}  // namespace signet
