// HttpAnswerReader: reads one HTTP/1.1 answer (RFC 9112) from octets as they arrive. Pure: no socket, no clock.
// As strict as the daemon's own writing: what it would never send is refused, so that a stranger on the socket, a
// truncated answer or one that is out of step is noticed and not shown as a result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace signet::ctl {

struct HttpAnswer {
  int status = 0;
  std::string content_type;
  std::string body;
  bool close = false;  // the peer ends the connection after this answer
};

// The limits, as the daemon is trusted but an accident is not: a head of the daemon is under 1 KiB, its largest body is
// a page of 1,000 clients.
inline constexpr size_t kAnswerHeadSizeMax = 16 * 1024;
inline constexpr size_t kAnswerBodySizeMax = 64 * 1024 * 1024;

// Not thread-safe; one object per answer.
class HttpAnswerReader {
 public:
  // `followed`: another answer may come right behind this one, as another request is on its way.
  explicit HttpAnswerReader(bool followed = false) : followed_(followed) {}

  // Takes the octets that arrived. Gives true when the answer is complete. Octets beyond its end are an error unless it
  // may be followed: nothing was asked that they could answer. The error text names what is wrong; the reader is then
  // useless.
  std::expected<bool, std::string> feed(std::string_view octets);

  // Whether anything has arrived yet.
  bool started() const { return started_; }
  // The answer; valid once feed gave true.
  HttpAnswer take() { return std::move(answer_); }
  // The octets behind it, which begin the next answer.
  std::string take_rest() { return std::move(pending_); }

 private:
  enum class Stage : uint8_t { kHead, kSizedBody, kChunkSize, kChunkBody, kChunkEnd, kLastChunk, kDone };
  using Step = std::expected<bool, std::string>;  // true: go on, false: more octets needed
  Step step();
  Step read_head();
  Step read_sized_body();
  Step read_chunk_size();
  Step read_chunk_body();
  std::expected<void, std::string> read_status_line(std::string_view line);
  std::expected<void, std::string> read_field(std::string_view line);
  std::expected<void, std::string> begin_body();
  void drop(size_t count);

  const bool followed_;
  Stage stage_ = Stage::kHead;
  std::string pending_;
  size_t consumed_ = 0;  // of pending_
  size_t left_ = 0;      // octets of the body or chunk still to come
  bool started_ = false;
  bool has_length_ = false;
  bool chunked_ = false;
  HttpAnswer answer_;
};

}  // namespace signet::ctl
