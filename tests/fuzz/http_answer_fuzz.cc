// The reader of answers on the admin socket: cut anywhere, the outcome is the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base/check.h"
#include "tools/ctl/http_answer.h"

namespace {
using signet::ctl::HttpAnswerReader;

struct Outcome {
  bool complete = false;
  bool failed = false;
  std::string body;
};

Outcome read(std::string_view octets, size_t step) {
  HttpAnswerReader reader;
  while (!octets.empty()) {
    const auto fed = reader.feed(octets.substr(0, step));
    octets.remove_prefix(std::min(step, octets.size()));
    if (!fed) return {.failed = true};
    if (*fed) {
      // What comes after the end is refused; in one piece the reader sees it at once.
      if (!octets.empty()) return {.failed = true};
      return {.complete = true, .body = reader.take().body};
    }
  }
  return {};
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const Outcome whole = read(octets, size + 1);
  const Outcome cut = read(octets, 1);
  SIGNET_CHECK(whole.complete == cut.complete && whole.body == cut.body);
  SIGNET_CHECK(whole.failed == cut.failed);
  return 0;
}
