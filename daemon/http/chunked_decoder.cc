#include "daemon/http/chunked_decoder.h"

#include <algorithm>
#include <cstring>

namespace signet::http {
namespace {

constexpr uint8_t kSizeDigitsMax = 8;  // fits uint32_t; leading zeros count, so that a size line cannot go on for ever

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

void ChunkedDecoder::start(size_t content_max) {
  room_ = content_max;
  chunk_ = 0;
  digits_ = 0;
  state_ = State::kSize;
}

ChunkedDecoder::Status ChunkedDecoder::take_size(char c) {
  const int value = hex_value(c);
  if (value >= 0) {
    if (digits_ == kSizeDigitsMax) return Status::kMalformed;
    ++digits_;
    chunk_ = chunk_ * 16 + static_cast<uint32_t>(value);
    return Status::kMore;
  }
  if (c != '\r' || digits_ == 0) return Status::kMalformed;  // ";" of an extension ends here too
  state_ = State::kSizeLf;
  return Status::kMore;
}

ChunkedDecoder::Status ChunkedDecoder::take_framing(char c) {
  switch (state_) {
    case State::kSize:
      return take_size(c);
    case State::kSizeLf:
      if (c != '\n') return Status::kMalformed;
      if (chunk_ > room_) return Status::kTooLarge;
      room_ -= chunk_;
      state_ = chunk_ == 0 ? State::kEndCr : State::kContent;
      return Status::kMore;
    case State::kContentCr:
      if (c != '\r') return Status::kMalformed;
      state_ = State::kContentLf;
      return Status::kMore;
    case State::kContentLf:
      if (c != '\n') return Status::kMalformed;
      digits_ = 0;
      state_ = State::kSize;
      return Status::kMore;
    case State::kEndCr:
      if (c != '\r') return Status::kMalformed;  // a trailer field
      state_ = State::kEndLf;
      return Status::kMore;
    case State::kEndLf:
      return c == '\n' ? Status::kDone : Status::kMalformed;
    case State::kContent:
      break;
  }
  return Status::kMalformed;
}

ChunkedDecoder::Result ChunkedDecoder::decode(const char* from, size_t size, char* to) {
  Result result;
  while (result.consumed < size) {
    if (state_ == State::kContent) {
      const size_t part = std::min<size_t>(chunk_, size - result.consumed);
      std::memmove(to + result.produced, from + result.consumed, part);
      result.consumed += part;
      result.produced += part;
      chunk_ -= static_cast<uint32_t>(part);
      if (chunk_ == 0) state_ = State::kContentCr;
      continue;
    }
    result.status = take_framing(from[result.consumed]);
    ++result.consumed;
    if (result.status != Status::kMore) return result;
  }
  return result;
}

}  // namespace signet::http
