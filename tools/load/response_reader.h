// ResponseReader: just enough of HTTP/1.1 to know where an answer ends and whether it was good. Answers need a
// Content-Length: a generator that decoded chunks would measure itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signet::load {

struct ResponseHead {
  int status = 0;
  uint64_t content_length = 0;
  bool close = false;  // the server closes after it
};

// parse_response_head reads a whole head, its empty line included. Nothing when it is no HTTP/1.x answer or has no
// Content-Length where one is needed. Any thread, does not allocate.
std::optional<ResponseHead> parse_response_head(std::string_view head);

// Reads one answer after the other, in whatever pieces they come. Not thread-safe. Allocates only when a head comes in
// pieces, for the excerpt of an answer that is not good, and for bodies that are kept and come in pieces until the room
// for them has grown.
class ResponseReader {
 public:
  enum class State : uint8_t { kMore, kComplete, kBad };

  // feed takes what has arrived. kComplete: the answer ended exactly with `bytes`. kBad: no HTTP, no usable length, or
  // octets beyond the answer; the connection is of no use any more. After kComplete the next feed starts a new answer.
  State feed(std::string_view bytes);

  // From the next answer on, bodies are kept (body).
  void keep_bodies() { keeps_bodies_ = true; }
  // The whole body after kComplete, when bodies are kept; borrowed until the next feed
  // or the end of the octets fed last.
  std::string_view body() const { return body_; }
  const ResponseHead& head() const { return head_; }
  // The first octets of the body of an answer that is not 2xx.
  const std::string& excerpt() const { return excerpt_; }
  // Whether part of an answer has arrived.
  bool started() const { return in_body_ || !partial_head_.empty(); }
  void reset();

 private:
  State take_body(std::string_view bytes);

  ResponseHead head_;
  uint64_t body_left_ = 0;
  bool in_body_ = false;
  std::string partial_head_;
  std::string joined_;  // a head in pieces and what came with its end
  std::string excerpt_;
  bool keeps_bodies_ = false;
  std::string partial_body_;
  std::string_view body_;
};

}  // namespace signet::load
