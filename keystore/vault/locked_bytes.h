// LockedBytes: an owning byte string for key material that stays: in locked, undumpable pages, wiped when it goes. Not
// copyable, no stream operator. Raw access has the same greppable name as in SecretBytes, `expose`.
// Thread rule: making and destroying from any thread (a mutex); one object externally synchronised.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "protocol/base/bytes.h"

namespace signet {

class LockedBytes {
 public:
  LockedBytes() = default;
  // zeroed gives `size` zero octets aligned to 64. Nothing when the kernel refuses to lock more memory
  // (RLIMIT_MEMLOCK): key material is never put into memory that could be swapped out.
  static std::optional<LockedBytes> zeroed(size_t size);
  // copy_of copies `from`; the source is the caller's to wipe. Nothing: see zeroed.
  static std::optional<LockedBytes> copy_of(ByteSpan from);
  LockedBytes(LockedBytes&& other) noexcept;
  LockedBytes& operator=(LockedBytes&& other) noexcept;
  LockedBytes(const LockedBytes&) = delete;
  LockedBytes& operator=(const LockedBytes&) = delete;
  ~LockedBytes();

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // The bytes themselves; valid until this object moves or dies.
  ByteSpan expose() const { return {bytes_, size_}; }
  MutableByteSpan expose_mutable() { return {bytes_, size_}; }

 private:
  LockedBytes(uint8_t* bytes, size_t size) : bytes_(bytes), size_(size) {}
  void release() noexcept;
  uint8_t* bytes_ = nullptr;
  size_t size_ = 0;
};

// locked_bytes_mapped: octets of locked pages taken from the kernel so far (small blocks are reused, never returned).
size_t locked_bytes_mapped();

}  // namespace signet
