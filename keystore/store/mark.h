// Mark: DATA/mark, the last commit that was acknowledged, kept outside the store so that a store that was rolled back
// betrays itself. Layout in keystore/FORMAT.md.
//
// Two slots are written in turn, each in a sector of its own with its own checksum, so that a torn write costs at most
// the newer one, whose commit is then still in the store. Thread rule: one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "protocol/base/digest.h"

namespace signet::store {

using StoreId = std::array<uint8_t, 8>;

struct MarkValue {
  StoreId store_id{};
  uint64_t commit = 0;
  Sha256Digest chain_hash{};
};

enum class MarkError : uint8_t { kMissing, kDamaged, kIo };

class Mark {
 public:
  static constexpr size_t kSlotSize = 64;
  static constexpr size_t kSlotSpacing = 512;

  // create makes the file (mode 0600; it must not exist) with `first` in both slots; durable on return.
  static std::expected<std::unique_ptr<Mark>, MarkError> create(const std::string& path, const MarkValue& first);
  // open reads the newer valid slot; changes nothing. kDamaged: neither is valid, or they are of two stores.
  static std::expected<std::unique_ptr<Mark>, MarkError> open(const std::string& path);
  ~Mark();
  Mark(const Mark&) = delete;
  Mark& operator=(const Mark&) = delete;

  const MarkValue& value() const { return value_; }
  // write overwrites the older slot; in the page cache on return, so that it survives the process. False: it failed.
  [[nodiscard]] bool write(uint64_t commit, const Sha256Digest& chain_hash);
  // sync makes what was written durable. Blocks. False: it failed.
  [[nodiscard]] bool sync();
  bool dirty() const { return dirty_; }

 private:
  Mark(int fd, const MarkValue& value, size_t next_slot) : fd_(fd), value_(value), next_slot_(next_slot) {}
  bool write_slot(size_t slot);
  const int fd_;
  MarkValue value_;
  size_t next_slot_;
  bool dirty_ = false;
};

}  // namespace signet::store
