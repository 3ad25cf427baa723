#include "keystore/revocation/revocation_table.h"

#include <sys/mman.h>

#include <algorithm>

#include "protocol/base/check.h"

namespace signet {
namespace {

constexpr UnixSeconds kBucketSeconds = 4 * 60 * 60;
constexpr UnixSeconds kFirstBucket = 1'704'067'200;  // 2024-01-01T00:00:00Z
constexpr size_t kPage = 4096;
constexpr size_t kHugePage = size_t{2} << 20;

uint16_t bucket_at(UnixSeconds seconds) {
  return static_cast<uint16_t>(std::clamp<UnixSeconds>(seconds / kBucketSeconds, 0, kBucketNever));
}

uint32_t note_of(RevocationHash hash, uint16_t bucket) { return uint32_t{hash.rest} << 16 | bucket; }
uint16_t bucket_of(uint32_t note) { return static_cast<uint16_t>(note & 0xFFFF); }
bool ended(uint32_t note, uint16_t ended_below) {
  return bucket_of(note) < ended_below && bucket_of(note) != kBucketNever;
}

size_t octets_for(size_t capacity, bool with_times) {
  const size_t slot = sizeof(uint64_t) + sizeof(uint32_t) + (with_times ? sizeof(uint64_t) : 0);
  const size_t size = capacity * slot;
  return (size + kPage - 1) / kPage * kPage;
}

}  // namespace

uint16_t revocation_bucket(UnixSeconds expires_at) { return bucket_at(expires_at - kFirstBucket); }

uint16_t revocation_buckets_ended(UnixSeconds now) { return bucket_at(now - kFirstBucket); }

RevocationTable::RevocationTable(size_t capacity, bool with_times)
    : capacity_(std::max<size_t>(capacity, 64)), mapped_(octets_for(capacity_, with_times)) {
  void* memory = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  SIGNET_CHECK(memory != MAP_FAILED);
  // A look-up is one random read: on small pages it would miss the address translation as well.
  if (mapped_ >= 2 * kHugePage) madvise(memory, mapped_, MADV_HUGEPAGE);
  // Fresh pages are zero, and so are atomics that begin as zero.
  tags_ = static_cast<std::atomic<uint64_t>*>(memory);
  times_ = with_times ? tags_ + capacity_ : nullptr;
  notes_ = reinterpret_cast<std::atomic<uint32_t>*>(tags_ + capacity_ * (with_times ? 2 : 1));
}

RevocationTable::~RevocationTable() {
  // Slice by slice: one call for all of a large table would hold the address space's lock for milliseconds, and a
  // worker that needs a fresh page meanwhile would wait for it.
  constexpr size_t kSlice = 2 * kHugePage;
  auto* memory = reinterpret_cast<char*>(tags_);
  for (size_t at = 0; at < mapped_; at += kSlice) madvise(memory + at, std::min(kSlice, mapped_ - at), MADV_DONTNEED);
  munmap(memory, mapped_);
}

size_t RevocationTable::touch(size_t from, size_t octets) {
  const size_t end = std::min(from + octets, mapped_);
  // Stored, not loaded, or else it would be a page of zeros that all share. Nobody else has the table yet.
  for (size_t at = from; at < end; at += kPage) reinterpret_cast<volatile char*>(tags_)[at] = 0;
  return end == mapped_ ? 0 : end;
}

size_t RevocationTable::find(RevocationHash hash) const {
  for (size_t at = home_of(hash.tag);; at = next(at)) {
    const uint64_t tag = tags_[at].load(std::memory_order_acquire);
    if (tag == kNeverUsed) return kNowhere;
    if (tag == hash.tag && notes_[at].load(std::memory_order_relaxed) >> 16 == hash.rest) return at;
  }
}

UnixMs RevocationTable::time_of(RevocationHash hash) const {
  const size_t at = find(hash);
  if (at == kNowhere) return 0;
  const uint64_t time = times_[at].load(std::memory_order_acquire);
  // The slot may have been freed and taken by another entry meanwhile: then this time is the other's.
  return tags_[at].load(std::memory_order_relaxed) == hash.tag ? static_cast<UnixMs>(time) : 0;
}

bool RevocationTable::put(RevocationHash hash, uint16_t bucket, UnixMs time) {
  if (const size_t at = find(hash); at != kNowhere) {
    const uint16_t before = bucket_of(notes_[at].load(std::memory_order_relaxed));
    notes_[at].store(note_of(hash, std::max(before, bucket)), std::memory_order_relaxed);
    if (times_ != nullptr && static_cast<UnixMs>(times_[at].load(std::memory_order_relaxed)) < time) {
      times_[at].store(static_cast<uint64_t>(time), std::memory_order_release);
    }
    return false;
  }
  SIGNET_CHECK(!full());
  size_t at = home_of(hash.tag);
  while (tags_[at].load(std::memory_order_relaxed) > kFreed) at = next(at);
  if (tags_[at].load(std::memory_order_relaxed) == kNeverUsed) ++used_;
  ++live_;
  notes_[at].store(note_of(hash, bucket), std::memory_order_relaxed);
  if (times_ != nullptr) times_[at].store(static_cast<uint64_t>(time), std::memory_order_release);
  tags_[at].store(hash.tag, std::memory_order_release);
  return true;
}

bool RevocationTable::erase(RevocationHash hash) {
  const size_t at = find(hash);
  if (at == kNowhere) return false;
  tags_[at].store(kFreed, std::memory_order_release);
  --live_;
  return true;
}

size_t RevocationTable::sweep(size_t from, size_t count, uint16_t ended_below) {
  const size_t end = std::min(from + count, capacity_);
  for (size_t at = from; at < end; ++at) {
    if (tags_[at].load(std::memory_order_relaxed) <= kFreed) continue;
    if (!ended(notes_[at].load(std::memory_order_relaxed), ended_below)) continue;
    tags_[at].store(kFreed, std::memory_order_release);
    --live_;
  }
  return end == capacity_ ? 0 : end;
}

size_t RevocationTable::copy_to(RevocationTable& other, size_t from, size_t count, uint16_t ended_below) const {
  const size_t end = std::min(from + count, capacity_);
  for (size_t at = from; at < end; ++at) {
    const uint64_t tag = tags_[at].load(std::memory_order_relaxed);
    if (tag <= kFreed) continue;
    const uint32_t note = notes_[at].load(std::memory_order_relaxed);
    if (ended(note, ended_below)) continue;
    const UnixMs time = times_ == nullptr ? 0 : static_cast<UnixMs>(times_[at].load(std::memory_order_relaxed));
    other.put({tag, static_cast<uint16_t>(note >> 16)}, bucket_of(note), time);
  }
  return end == capacity_ ? 0 : end;
}

size_t RevocationTable::bytes() const { return mapped_; }

}  // namespace signet
