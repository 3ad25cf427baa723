#include "keystore/revocation/feed_tail.h"

#include <algorithm>

#include "protocol/base/check.h"

namespace signet {

FeedTail::FeedTail(uint64_t end, const Sha256Digest& end_hash, std::vector<FeedEntry> entries) {
  append(entries);
  SIGNET_CHECK(entries.empty() || end_ == end);
  end_ = end;
  end_hash_ = end_hash;
  forget_oldest();
}

const FeedEntry& FeedTail::at(uint64_t sequence) const {
  SIGNET_CHECK(sequence > start() && sequence <= end_);
  const uint64_t first = (segments_.front()->front().sequence - 1) / kSegmentEntries;
  const Segment& segment = *segments_[(sequence - 1) / kSegmentEntries - first];
  return segment[sequence - segment.front().sequence];
}

FeedTail FeedTail::with(std::span<const FeedEntry> entries) const {
  FeedTail next = *this;
  if (!entries.empty() && entries.front().sequence != end_ + 1) next.segments_.clear();
  next.append(entries);
  next.forget_oldest();
  return next;
}

void FeedTail::append(std::span<const FeedEntry> entries) {
  while (!entries.empty()) {
    const uint64_t number = (entries.front().sequence - 1) / kSegmentEntries;
    const uint64_t room = (number + 1) * kSegmentEntries - (entries.front().sequence - 1);
    const auto taken = entries.first(std::min<size_t>(room, entries.size()));
    const bool continues = !segments_.empty() && (segments_.back()->front().sequence - 1) / kSegmentEntries == number;
    auto segment = continues ? std::make_shared<Segment>(*segments_.back()) : std::make_shared<Segment>();
    segment->insert(segment->end(), taken.begin(), taken.end());
    end_ = taken.back().sequence;
    end_hash_ = taken.back().chain_hash;
    if (continues) {
      segments_.back() = std::move(segment);
    } else {
      segments_.push_back(std::move(segment));
    }
    entries = entries.subspan(taken.size());
  }
}

void FeedTail::forget_oldest() {
  constexpr size_t kSegments = kEntries / kSegmentEntries + 1;  // the last one may be nearly empty
  if (segments_.size() <= kSegments) return;
  segments_.erase(segments_.begin(), segments_.end() - static_cast<ptrdiff_t>(kSegments));
}

}  // namespace signet
