// SecretBytes: an owning byte string that wipes itself. Not copyable, no stream operator, no operator==.
// Raw access has one greppable name, `expose`. Thread rule: any, externally synchronised.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "protocol/base/bytes.h"

namespace signet {

class SecretBytes {
 public:
  SecretBytes() = default;
  // Allocates `size` zero bytes.
  explicit SecretBytes(size_t size);
  // Copies `from`; the source is the caller's to wipe.
  static SecretBytes copy_of(ByteSpan from);
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // The bytes themselves; valid until this object moves or dies.
  ByteSpan expose() const { return {bytes_.get(), size_}; }
  MutableByteSpan expose_mutable() { return {bytes_.get(), size_}; }

 private:
  void wipe() noexcept;
  std::unique_ptr<uint8_t[]> bytes_;
  size_t size_ = 0;
};

// wipe overwrites `bytes` in a way the compiler does not remove.
void wipe(MutableByteSpan bytes);
// wipe_text does so to the text that `text` holds now; what it left behind when it grew is out of reach.
void wipe_text(std::string& text);

}  // namespace signet
