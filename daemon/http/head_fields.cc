#include "daemon/http/head_fields.h"

#include "daemon/http/head_scan.h"

namespace signet::http {
namespace {

// RFC 9112 3.2: an invalid Host is 400. An empty one has no meaning for an http URI (RFC 9110 4.2.1).
HeadRefusal note_host(std::string_view value, FramingFields& seen) {
  if (seen.host) return HeadRefusal::kHostRepeated;
  seen.host = true;
  if (value.empty()) return HeadRefusal::kHostInvalid;
  for (char c : value) {
    if (!has_class(c, kHostChar)) return HeadRefusal::kHostInvalid;
  }
  return HeadRefusal::kNone;
}

// RFC 9112 6.3: digits only; the list form "5, 5" that the RFC lets a recipient collapse is refused as well.
HeadRefusal note_content_length(std::string_view value, ParsedHead& head) {
  if (head.has_content_length) return HeadRefusal::kContentLengthRepeated;
  head.has_content_length = true;
  if (value.empty()) return HeadRefusal::kContentLengthInvalid;
  constexpr uint64_t kLargest = uint64_t{1} << 60;
  uint64_t length = 0;
  bool overflow = false;
  for (char c : value) {
    if (c < '0' || c > '9') return HeadRefusal::kContentLengthInvalid;
    length = length * 10 + static_cast<uint64_t>(c - '0');
    if (length > kLargest) {
      overflow = true;
      length = kLargest;
    }
  }
  head.content_length = length;
  return overflow ? HeadRefusal::kContentLengthTooLarge : HeadRefusal::kNone;
}

// RFC 9110 7.6.1: a list of options, in one field or several.
void note_connection(std::string_view value, FramingFields& seen) {
  while (!value.empty()) {
    const size_t comma = value.find(',');
    std::string_view option = value.substr(0, comma);
    value = comma == std::string_view::npos ? std::string_view{} : value.substr(comma + 1);
    while (!option.empty() && (option.front() == ' ' || option.front() == '\t')) option.remove_prefix(1);
    while (!option.empty() && (option.back() == ' ' || option.back() == '\t')) option.remove_suffix(1);
    if (equals_lower(option, "close")) seen.connection_close = true;
    if (equals_lower(option, "keep-alive")) seen.connection_keep_alive = true;
  }
}

HeadRefusal note_transfer_encoding(std::string_view value, ParsedHead& head, FramingFields& seen) {
  // Only the one coding, once: "gzip, chunked", ", chunked", "chunked, chunked" are where parsers differ.
  if (seen.transfer_encoding || !equals_lower(value, "chunked")) return HeadRefusal::kTransferEncodingUnsupported;
  seen.transfer_encoding = true;
  head.chunked = true;
  return HeadRefusal::kNone;
}

HeadRefusal note_expect(std::string_view value, ParsedHead& head) {
  if (!equals_lower(value, "100-continue")) return HeadRefusal::kExpectation;
  head.expect_continue = head.minor_version > 0;  // RFC 9110 10.1.1: ignored in HTTP/1.0
  return HeadRefusal::kNone;
}

void note_single(std::string_view value, std::string_view& kept, bool& repeated) {
  if (kept.data() != nullptr) {
    repeated = true;
  } else {
    kept = value;
  }
}

}  // namespace

HeadRefusal note_field(const HeaderField& field, ParsedHead& head, FramingFields& seen) {
  const std::string_view name = field.name;
  const std::string_view value = field.value;
  bool ignored = false;
  switch (name.size()) {  // most fields are told apart by length alone
    case 4:
      if (token_is(name.data(), "host")) return note_host(value, seen);
      break;
    case 6:
      if (token_is(name.data(), "expect")) return note_expect(value, head);
      break;
    case 10:
      if (token_is(name.data(), "connection")) note_connection(value, seen);
      break;
    case 12:
      if (token_is(name.data(), "content-type")) note_single(value, head.content_type, head.repeated_content_type);
      break;
    case 13:
      if (token_is(name.data(), "authorization")) {
        note_single(value, head.authorization, head.repeated_authorization);
      } else if (token_is(name.data(), "if-none-match")) {
        note_single(value, head.if_none_match, ignored);
      }
      break;
    case 14:
      if (token_is(name.data(), "content-length")) return note_content_length(value, head);
      break;
    case 17:
      if (token_is(name.data(), "transfer-encoding")) return note_transfer_encoding(value, head, seen);
      break;
    default:
      break;
  }
  return HeadRefusal::kNone;
}

HeadRefusal finish_fields(ParsedHead& head, const FramingFields& seen) {
  if (!seen.host && head.minor_version > 0) return HeadRefusal::kHostMissing;
  if (head.chunked) {
    if (head.minor_version == 0) return HeadRefusal::kTransferEncodingVersion;
    if (head.has_content_length) return HeadRefusal::kTransferEncodingLength;
  }
  head.keep_alive = !seen.connection_close && (head.minor_version > 0 || seen.connection_keep_alive);
  return HeadRefusal::kNone;
}

}  // namespace signet::http
