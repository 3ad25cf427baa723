#include "keystore/store/mark.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <span>

namespace signet::store {
namespace {

using Slot = std::array<uint8_t, Mark::kSlotSize>;

// Offsets within a slot. On disk: never change.
constexpr std::array<uint8_t, 8> kMagic{'S', 'G', 'N', 'T', 'M', 'A', 'R', '1'};
constexpr size_t kStoreIdAt = 8;
constexpr size_t kCommitAt = 16;
constexpr size_t kHashAt = 24;
constexpr size_t kChecksumAt = 56;
constexpr size_t kFileSize = Mark::kSlotSpacing + Mark::kSlotSize;
static_assert(kChecksumAt + 8 == Mark::kSlotSize);

void set_checksum(Slot& slot) {
  const auto digest = sha256(std::span(slot).first<kChecksumAt>());
  std::memcpy(slot.data() + kChecksumAt, digest.data(), Mark::kSlotSize - kChecksumAt);
}

Slot encode(const MarkValue& value) {
  Slot slot{};
  std::memcpy(slot.data(), kMagic.data(), kMagic.size());
  std::memcpy(slot.data() + kStoreIdAt, value.store_id.data(), value.store_id.size());
  for (size_t i = 0; i < 8; ++i) slot[kCommitAt + i] = static_cast<uint8_t>(value.commit >> (56 - 8 * i));
  std::memcpy(slot.data() + kHashAt, value.chain_hash.data(), value.chain_hash.size());
  set_checksum(slot);
  return slot;
}

std::optional<MarkValue> decode(std::span<const uint8_t, Mark::kSlotSize> from) {
  Slot slot;
  std::memcpy(slot.data(), from.data(), slot.size());
  set_checksum(slot);
  if (std::memcmp(slot.data(), from.data(), slot.size()) != 0) return std::nullopt;
  if (std::memcmp(slot.data(), kMagic.data(), kMagic.size()) != 0) return std::nullopt;
  MarkValue value;
  std::memcpy(value.store_id.data(), slot.data() + kStoreIdAt, value.store_id.size());
  for (size_t i = 0; i < 8; ++i) value.commit = value.commit << 8 | slot[kCommitAt + i];
  std::memcpy(value.chain_hash.data(), slot.data() + kHashAt, value.chain_hash.size());
  return value;
}

bool write_at(int fd, std::span<const uint8_t> bytes, size_t offset) {
  while (!bytes.empty()) {
    const auto written = pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<size_t>(written));
    offset += static_cast<size_t>(written);
  }
  return true;
}

}  // namespace

std::expected<std::unique_ptr<Mark>, MarkError> Mark::create(const std::string& path, const MarkValue& first) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return std::unexpected(MarkError::kIo);
  std::unique_ptr<Mark> mark(new Mark(fd, first, 0));
  if (!mark->write_slot(1) || !mark->write_slot(0) || fsync(fd) != 0) {
    unlink(path.c_str());
    return std::unexpected(MarkError::kIo);
  }
  mark->dirty_ = false;
  return mark;
}

std::expected<std::unique_ptr<Mark>, MarkError> Mark::open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return std::unexpected(errno == ENOENT ? MarkError::kMissing : MarkError::kIo);
  std::unique_ptr<Mark> mark(new Mark(fd, {}, 0));  // owns fd
  std::array<uint8_t, kFileSize + 1> bytes{};
  size_t size = 0;
  while (size < bytes.size()) {
    const auto got = pread(fd, bytes.data() + size, bytes.size() - size, static_cast<off_t>(size));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(MarkError::kIo);
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  if (size != kFileSize) return std::unexpected(MarkError::kDamaged);
  const auto first = decode(std::span(bytes).subspan<0, kSlotSize>());
  const auto second = decode(std::span(bytes).subspan<kSlotSpacing, kSlotSize>());
  if (!first && !second) return std::unexpected(MarkError::kDamaged);
  if (first && second && first->store_id != second->store_id) return std::unexpected(MarkError::kDamaged);
  const bool second_is_newer = !first || (second && second->commit > first->commit);
  mark->value_ = second_is_newer ? *second : *first;
  mark->next_slot_ = second_is_newer ? 0 : 1;
  return mark;
}

Mark::~Mark() { ::close(fd_); }

bool Mark::write_slot(size_t slot) {
  dirty_ = true;
  return write_at(fd_, encode(value_), slot * kSlotSpacing);
}

bool Mark::write(uint64_t commit, const Sha256Digest& chain_hash) {
  value_.commit = commit;
  value_.chain_hash = chain_hash;
  const size_t slot = next_slot_;
  next_slot_ = 1 - next_slot_;
  return write_slot(slot);
}

bool Mark::sync() {
  if (fdatasync(fd_) != 0) return false;
  dirty_ = false;
  return true;
}

}  // namespace signet::store
