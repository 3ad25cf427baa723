// The head of a request: whatever octets come, the verdict does not depend on how they were split, an accepted head is
// one that llhttp reads alike, and writing its parts down again gives a head that reads the same.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/http/head_check.h"
#include "daemon/http/llhttp_check.h"

namespace {

using namespace signet::http;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "http_head: %s\n", what);
  std::abort();
}

std::string written_again(const ParsedHead& head) {
  std::string text(head.method_text);
  text += ' ';
  text += head.target;
  text += head.minor_version == 1 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n";
  for (size_t i = 0; i < head.field_count; ++i) {
    text += head.fields[i].name;
    text += ':';
    text += head.fields[i].value;
    text += "\r\n";
  }
  return text + "\r\n";
}

void check_accepted(std::string_view octets, const ParsedHead& head, const Limits& limits) {
  require(octets.substr(0, head.size).ends_with("\r\n\r\n"), "an accepted head ends with an empty line");
  require(llhttp_check(octets.substr(0, head.size), head) != HeadRefusal::kParsersDisagree, "llhttp disagrees");
  require(head.path.starts_with('/') && head.field_count <= limits.field_count_max, "path and fields");
  require(!(head.chunked && head.has_content_length), "one framing");
  for (size_t i = 0; i < head.field_count; ++i) {
    require(!head.fields[i].name.empty(), "no empty name");
    require(head.fields[i].value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos, "clean value");
  }
  const auto again = std::make_unique<ParsedHead>();
  const std::string text = written_again(head);
  require(check_head(text, limits, *again).verdict == HeadVerdict::kAccepted, "reads again");
  require(again->size == text.size() && again->field_count == head.field_count && again->path == head.path &&
              again->content_length == head.content_length && again->chunked == head.chunked &&
              again->keep_alive == head.keep_alive,
          "reads the same again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  Limits limits;
  limits.head_size_max = 1024;
  limits.target_size_max = 128;
  limits.field_count_max = 12;
  const auto head = std::make_unique<ParsedHead>();
  const HeadResult whole = check_head(octets, limits, *head);
  if (whole.verdict == HeadVerdict::kAccepted) check_accepted(octets, *head, limits);
  const size_t end = whole.verdict == HeadVerdict::kAccepted ? head->size : size;
  for (size_t part = end > 64 ? end - 64 : 0; part < end; ++part) {
    const HeadResult early = check_head(octets.substr(0, part), limits, *head);
    require(early.verdict != HeadVerdict::kAccepted, "a prefix is not a head");
    require(early.verdict == HeadVerdict::kIncomplete || early.refusal == whole.refusal, "the same refusal");
  }
  return 0;
}
