#include "keystore/store/recent_rows.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>

namespace signet::store {
namespace {

uint32_t hash_of(std::string_view key) { return static_cast<uint32_t>(std::hash<std::string_view>()(key)); }

}  // namespace

RecentRows::RecentRows(size_t octets) : lines_(std::clamp<size_t>(octets, 1 << 10, 1 << 28) / kLine) {}

RecentRows::Head RecentRows::head_at(size_t line) const {
  Head head;
  std::memcpy(&head, &ring_[line * kLine], sizeof head);
  return head;
}

void RecentRows::write(size_t line, const Head& head, std::string_view key, std::string_view value) {
  char* octets = &ring_[line * kLine];
  std::memcpy(octets, &head, sizeof head);
  octets = std::ranges::copy(key, octets + sizeof head).out;
  std::ranges::copy(value, octets);
}

std::string_view RecentRows::key_at(size_t line, const Head& head) const {
  return {&ring_[line * kLine] + sizeof head, head.key_size};
}

size_t RecentRows::find_slot(uint32_t hash, std::string_view key) const {
  if (slots_.empty()) return 0;
  const size_t mask = slots_.size() - 1;
  for (size_t at = hash & mask; slots_[at].line_plus_1 != 0; at = (at + 1) & mask) {
    if (slots_[at].hash != hash) continue;
    const size_t line = slots_[at].line_plus_1 - 1;
    if (key_at(line, head_at(line)) == key) return at;
  }
  return slots_.size();
}

std::optional<std::string_view> RecentRows::find(std::string_view key) const {
  const size_t slot = find_slot(hash_of(key), key);
  if (slot == slots_.size()) return std::nullopt;
  const size_t line = slots_[slot].line_plus_1 - 1;
  const Head head = head_at(line);
  return std::string_view(&ring_[line * kLine] + sizeof head + head.key_size, head.value_size);
}

// What stands behind an emptied slot moves up, so that no probe ends before what it looks for.
void RecentRows::clear_slot(size_t slot) {
  const size_t mask = slots_.size() - 1;
  for (size_t next = (slot + 1) & mask; slots_[next].line_plus_1 != 0; next = (next + 1) & mask) {
    const size_t home = slots_[next].hash & mask;
    if (((next - home) & mask) < ((next - slot) & mask)) continue;
    slots_[slot] = slots_[next];
    slot = next;
  }
  slots_[slot] = {};
  --rows_;
}

void RecentRows::drop_oldest() {
  const Head head = head_at(oldest_);
  if (head.key_size != 0) {
    const size_t slot = find_slot(head.hash, key_at(oldest_, head));
    if (slot != slots_.size() && slots_[slot].line_plus_1 - 1 == oldest_) clear_slot(slot);
  }
  oldest_ = (oldest_ + head.lines) % lines_;
  used_ -= head.lines;
}

// Afterwards `lines` follow `newest_` that nothing stands in.
void RecentRows::make_room(size_t lines) {
  while (true) {
    if (used_ == 0) newest_ = oldest_ = 0;
    const bool to_the_end = used_ < lines_ && newest_ >= oldest_;
    const size_t free = to_the_end ? lines_ - newest_ : oldest_ - newest_;
    if (used_ < lines_ && free >= lines) return;
    if (to_the_end) {
      write(newest_, {.lines = static_cast<uint32_t>(free)}, {}, {});
      used_ += free;
      newest_ = 0;
    } else {
      drop_oldest();
    }
  }
}

void RecentRows::put(std::string_view key, std::string_view value) {
  if (!ring_) {
    ring_ = std::make_unique_for_overwrite<char[]>(lines_ * kLine);
    slots_.resize(std::bit_ceil(2 * lines_));
  }
  const bool fits = !key.empty() && key.size() <= UINT16_MAX && value.size() <= UINT16_MAX;
  const Head head{.lines = static_cast<uint32_t>((sizeof(Head) + key.size() + value.size() + kLine - 1) / kLine),
                  .hash = hash_of(key),
                  .key_size = static_cast<uint16_t>(key.size()),
                  .value_size = static_cast<uint16_t>(value.size())};
  if (const size_t known = find_slot(head.hash, key); known != slots_.size()) {
    const size_t line = slots_[known].line_plus_1 - 1;
    // Read a moment ago, and changed now: it stays where it is, with most of the ring before it until it has to go.
    const bool young = (newest_ + lines_ - line - 1) % lines_ < lines_ / 4;
    if (fits && young && head_at(line).lines == head.lines) return write(line, head, key, value);
    clear_slot(known);
  }
  if (!fits || head.lines > lines_ / 4) return;
  make_room(head.lines);
  write(newest_, head, key, value);
  const size_t mask = slots_.size() - 1;
  size_t slot = head.hash & mask;
  while (slots_[slot].line_plus_1 != 0) slot = (slot + 1) & mask;
  slots_[slot] = {.hash = head.hash, .line_plus_1 = static_cast<uint32_t>(newest_ + 1)};
  newest_ = (newest_ + head.lines) % lines_;
  used_ += head.lines;
  ++rows_;
}

void RecentRows::erase(std::string_view key) {
  if (const size_t slot = find_slot(hash_of(key), key); slot != slots_.size()) clear_slot(slot);
}

}  // namespace signet::store
