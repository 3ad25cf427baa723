// check_head: strict reading of one request head, before llhttp sees it. RFC 9112 leaves recipients room to be lenient;
// none is taken, because each leniency is a place where a front end may see another request than we do.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "daemon/http/head_refusal.h"
#include "daemon/http/limits.h"
#include "daemon/http/request.h"

namespace signet::http {

// Room for collected fields; Limits::field_count_max above it has no effect.
inline constexpr size_t kFieldRoom = 256;
static_assert(Limits{}.field_count_max <= kFieldRoom, "the default must fit");

// One accepted head. Views point into the octets given to check_head.
struct ParsedHead {
  size_t size = 0;  // octets up to and including the empty line
  Method method{};
  uint8_t minor_version = 1;
  bool has_query = false;
  bool has_content_length = false;
  bool chunked = false;
  bool expect_continue = false;  // RFC 9110 10.1.1; never set for HTTP/1.0
  bool keep_alive = false;
  bool repeated_authorization = false;
  bool repeated_content_type = false;
  uint64_t content_length = 0;
  std::string_view method_text;
  std::string_view target;
  std::string_view path;
  std::string_view query;
  std::string_view authorization;
  std::string_view content_type;
  std::string_view if_none_match;
  size_t field_count = 0;
  std::array<HeaderField, kFieldRoom> fields;
};

enum class HeadVerdict : uint8_t { kIncomplete, kAccepted, kRefused };

struct HeadResult {
  HeadVerdict verdict = HeadVerdict::kIncomplete;
  HeadRefusal refusal = HeadRefusal::kNone;
};

// check_head reads the head at the start of `octets`. The first offence by position decides, so that the result does
// not depend on how the octets were split over reads. `head` is meaningful only when accepted; it is reused between
// calls (entries beyond field_count are stale). Any thread, does not allocate.
HeadResult check_head(std::string_view octets, const Limits& limits, ParsedHead& head);

}  // namespace signet::http
