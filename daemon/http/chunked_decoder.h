// ChunkedDecoder: RFC 9112 7.1 without its options: no chunk extensions, no trailer section, CR LF exact, chunk sizes
// of at most 8 hexadecimal digits. Whatever else is legal there is what request smuggling is made of.
#pragma once

#include <cstddef>
#include <cstdint>

namespace signet::http {

// One message body. Copyable plain state; any thread.
class ChunkedDecoder {
 public:
  enum class Status : uint8_t { kMore, kDone, kMalformed, kTooLarge };

  struct Result {
    Status status = Status::kMore;
    size_t consumed = 0;  // octets read; all of them unless kDone (the rest is the next message) or an error
    size_t produced = 0;  // octets of content written
  };

  // Begins a body of at most `content_max` octets of content.
  void start(size_t content_max);

  // decode reads `size` octets at `from` and writes content at `to`. The ranges may overlap when `to` <= `from`: bodies
  // are decoded in place. The outcome does not depend on how the octets are split over calls.
  Result decode(const char* from, size_t size, char* to);

 private:
  enum class State : uint8_t { kSize, kSizeLf, kContent, kContentCr, kContentLf, kEndCr, kEndLf };
  Status take_framing(char c);
  Status take_size(char c);

  size_t room_ = 0;     // content that may still come
  uint32_t chunk_ = 0;  // size being read, then what is left of the chunk
  uint8_t digits_ = 0;
  State state_ = State::kSize;
};

}  // namespace signet::http
