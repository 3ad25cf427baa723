// A chunked body: the first octet of the input says where the rest is split; the outcome must not depend on it.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "daemon/http/chunked_decoder.h"

namespace {

using signet::http::ChunkedDecoder;

constexpr size_t kContentMax = 300;

struct Outcome {
  ChunkedDecoder::Status status;
  size_t consumed;
  std::string content;
  bool operator==(const Outcome&) const = default;
};

Outcome decode(std::string octets, size_t split) {
  ChunkedDecoder decoder;
  decoder.start(kContentMax);
  auto result = decoder.decode(octets.data(), split, octets.data());
  size_t produced = result.produced;
  size_t consumed = result.consumed;
  if (result.status == ChunkedDecoder::Status::kMore) {
    result = decoder.decode(octets.data() + split, octets.size() - split, octets.data() + produced);
    produced += result.produced;
    consumed += result.consumed;
  }
  return {result.status, consumed, octets.substr(0, produced)};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string octets(reinterpret_cast<const char*>(data + 1), size - 1);
  const Outcome whole = decode(octets, 0);
  const Outcome split = decode(octets, octets.empty() ? 0 : data[0] % (octets.size() + 1));
  const bool sound = whole.content.size() <= kContentMax && whole.consumed <= octets.size() &&
                     (whole.status != ChunkedDecoder::Status::kMore || whole.consumed == octets.size());
  if (!sound || !(whole == split)) {
    std::fprintf(stderr, "http_chunked: the outcome depends on the split, or exceeds its bounds\n");
    std::abort();
  }
  return 0;
}
