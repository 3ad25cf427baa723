#include "daemon/endpoint/feed_cursor.h"

#include <span>

namespace signet {
namespace {

// The first octet: what it is a cursor of, and in which form. Never reused.
constexpr uint8_t kFeedVersion = 1;
constexpr uint8_t kSnapshotVersion = 2;

void put(std::span<uint8_t>& to, uint64_t value, size_t size) {
  for (size_t i = 0; i < size; ++i) to[i] = static_cast<uint8_t>(value >> (8 * (size - 1 - i)));
  to = to.subspan(size);
}

uint64_t take(std::span<const uint8_t>& from, size_t size) {
  uint64_t value = 0;
  for (size_t i = 0; i < size; ++i) value = value << 8 | from[i];
  from = from.subspan(size);
  return value;
}

template <size_t kSize>
bool decode(std::string_view text, uint8_t version, std::array<uint8_t, kSize>& octets) {
  if (text.size() != base64url_encoded_size(kSize)) return false;
  return base64url_decode(text, octets) == kSize && octets[0] == version;
}

}  // namespace

FeedCursorText write_feed_cursor(const FeedCursor& cursor) {
  std::array<uint8_t, 1 + 8 + 4 + 8> octets{kFeedVersion};
  std::span<uint8_t> rest = std::span(octets).subspan(1);
  put(rest, cursor.epoch, 8);
  put(rest, cursor.tenant, 4);
  put(rest, cursor.sequence, 8);
  FeedCursorText text;
  base64url_encode(octets, text.data());
  return text;
}

std::optional<FeedCursor> read_feed_cursor(std::string_view text) {
  std::array<uint8_t, 1 + 8 + 4 + 8> octets;
  if (!decode(text, kFeedVersion, octets)) return std::nullopt;
  std::span<const uint8_t> rest = std::span<const uint8_t>(octets).subspan(1);
  FeedCursor cursor;
  cursor.epoch = take(rest, 8);
  cursor.tenant = static_cast<uint32_t>(take(rest, 4));
  cursor.sequence = take(rest, 8);
  return cursor;
}

SnapshotCursorText write_snapshot_cursor(const SnapshotCursor& cursor) {
  std::array<uint8_t, 1 + 8 + 4 + 8 + 8> octets{kSnapshotVersion};
  std::span<uint8_t> rest = std::span(octets).subspan(1);
  put(rest, cursor.epoch, 8);
  put(rest, cursor.tenant, 4);
  put(rest, cursor.last, 8);
  put(rest, cursor.end, 8);
  SnapshotCursorText text;
  base64url_encode(octets, text.data());
  return text;
}

std::optional<SnapshotCursor> read_snapshot_cursor(std::string_view text) {
  std::array<uint8_t, 1 + 8 + 4 + 8 + 8> octets;
  if (!decode(text, kSnapshotVersion, octets)) return std::nullopt;
  std::span<const uint8_t> rest = std::span<const uint8_t>(octets).subspan(1);
  SnapshotCursor cursor;
  cursor.epoch = take(rest, 8);
  cursor.tenant = static_cast<uint32_t>(take(rest, 4));
  cursor.last = take(rest, 8);
  cursor.end = take(rest, 8);
  return cursor;
}

FeedEpochText write_feed_epoch(uint64_t epoch) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  FeedEpochText text;
  for (size_t i = 0; i < text.size(); ++i) text[i] = kDigits[epoch >> (60 - 4 * i) & 15];
  return text;
}

}  // namespace signet
