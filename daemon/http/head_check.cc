#include "daemon/http/head_check.h"

#include <algorithm>
#include <cstring>

#include "daemon/http/head_fields.h"
#include "daemon/http/head_scan.h"

namespace signet::http {
namespace {

// Outcome of one production: where it ended, or why not. `at` null with kNone: the octets ran out.
struct Step {
  const char* at;
  HeadRefusal refusal = HeadRefusal::kNone;
};

constexpr Step ran_out() { return {nullptr, HeadRefusal::kNone}; }
constexpr Step refuse(HeadRefusal refusal) { return {nullptr, refusal}; }

Method method_of(std::string_view text) {
  switch (text.size()) {
    case 3:
      return text == "GET" ? Method::kGet : text == "PUT" ? Method::kPut : Method::kOther;
    case 4:
      return text == "POST" ? Method::kPost : text == "HEAD" ? Method::kHead : Method::kOther;
    case 5:
      return text == "PATCH" ? Method::kPatch : Method::kOther;
    case 6:
      return text == "DELETE" ? Method::kDelete : Method::kOther;
    case 7:
      return text == "OPTIONS" ? Method::kOptions : Method::kOther;
    default:
      return Method::kOther;
  }
}

// CR LF, both, exactly (RFC 9112 2.2 lets a recipient take a bare LF; front ends differ there).
Step line_end(const char* p, const char* end, HeadRefusal otherwise) {
  if (p == end) return ran_out();
  if (*p == '\n') return refuse(HeadRefusal::kLineEnding);
  if (*p != '\r') return refuse(otherwise);
  if (p + 1 == end) return ran_out();
  if (p[1] != '\n') return refuse(HeadRefusal::kLineEnding);
  return {p + 2};
}

Step read_method(const char* p, const char* end, ParsedHead& head) {
  const char* begin = p;
  p = find_token_end(p, end);
  if (p == end) return ran_out();
  if (p == begin || *p != ' ') return refuse(HeadRefusal::kMethodCharacter);
  head.method_text = {begin, static_cast<size_t>(p - begin)};
  head.method = method_of(head.method_text);
  if (head.method_text == "CONNECT") return refuse(HeadRefusal::kMethodConnect);
  return {p + 1};
}

// RFC 9112 3.2.1: origin-form = absolute-path [ "?" query ]. An absolute-form target may name another authority than
// Host does, and the asterisk-form is for OPTIONS: neither is served.
Step read_target(const char* p, const char* end, const Limits& limits, ParsedHead& head) {
  if (p == end) return ran_out();
  if (*p != '/') return refuse(HeadRefusal::kTargetForm);
  const char* begin = p;
  const auto available = static_cast<size_t>(end - p);
  const char* stop = available > limits.target_size_max ? p + limits.target_size_max + 1 : end;
  const char* question = nullptr;
  for (; p != stop && has_class(*p, kTargetChar); ++p) {
    if (*p == '?' && question == nullptr) question = p;
  }
  if (static_cast<size_t>(p - begin) > limits.target_size_max) return refuse(HeadRefusal::kTargetTooLong);
  if (p == end) return ran_out();
  if (*p != ' ') return refuse(HeadRefusal::kTargetCharacter);
  head.target = {begin, static_cast<size_t>(p - begin)};
  head.has_query = question != nullptr;
  const char* path_end = question != nullptr ? question : p;
  head.path = {begin, static_cast<size_t>(path_end - begin)};
  head.query =
      question != nullptr ? std::string_view{question + 1, static_cast<size_t>(p - question - 1)} : std::string_view{};
  return {p + 1};
}

Step read_version(const char* p, const char* end, ParsedHead& head) {
  constexpr std::string_view kForm = "HTTP/d.d";
  const auto available = static_cast<size_t>(end - p);
  if (available > 10 && std::memcmp(p, "HTTP/1.1\r\n", 10) == 0) {
    head.minor_version = 1;
    return {p + 10};
  }
  for (size_t i = 0; i < kForm.size(); ++i) {
    if (i == available) return ran_out();
    const bool digit = p[i] >= '0' && p[i] <= '9';
    if (kForm[i] == 'd' ? !digit : p[i] != kForm[i]) return refuse(HeadRefusal::kVersionMalformed);
  }
  if (p[5] != '1' || p[7] > '1') return refuse(HeadRefusal::kVersionUnsupported);
  head.minor_version = static_cast<uint8_t>(p[7] - '0');
  return line_end(p + kForm.size(), end, HeadRefusal::kVersionMalformed);
}

HeadRefusal bad_name(const char* begin, const char* p) {
  if (*p == '\n') return HeadRefusal::kLineEnding;
  if (p != begin) return HeadRefusal::kFieldNameCharacter;
  if (*p == ':') return HeadRefusal::kFieldNameEmpty;
  if (*p == ' ' || *p == '\t') return HeadRefusal::kObsFold;
  return HeadRefusal::kFieldNameCharacter;
}

// field-line = field-name ":" OWS field-value OWS CR LF (RFC 9112 section 5).
Step read_field(const char* p, const char* end, HeaderField& field) {
  const char* begin = p;
  p = find_token_end(p, end);
  if (p == end) return ran_out();
  if (*p != ':' || p == begin) return refuse(bad_name(begin, p));
  field.name = {begin, static_cast<size_t>(p - begin)};
  ++p;
  while (p != end && (*p == ' ' || *p == '\t')) ++p;
  const char* value = p;
  for (p = find_control(p, end); p != end && *p == '\t'; p = find_control(p + 1, end)) {
  }
  const Step next = line_end(p, end, HeadRefusal::kControlCharacter);
  if (next.at == nullptr) return next;
  while (p != value && (p[-1] == ' ' || p[-1] == '\t')) --p;
  field.value = {value, static_cast<size_t>(p - value)};
  return next;
}

Step read_fields(const char* p, const char* end, const Limits& limits, ParsedHead& head) {
  const size_t count_max = std::min(limits.field_count_max, kFieldRoom);
  FramingFields seen;
  size_t count = 0;
  for (;;) {
    if (p == end) return ran_out();
    if (*p == '\r') {
      const Step last = line_end(p, end, HeadRefusal::kLineEnding);
      if (last.at == nullptr) return last;
      head.field_count = count;
      const HeadRefusal refusal = finish_fields(head, seen);
      return refusal == HeadRefusal::kNone ? last : refuse(refusal);
    }
    if (count == count_max) return refuse(HeadRefusal::kTooManyFields);
    const Step next = read_field(p, end, head.fields[count]);
    if (next.at == nullptr) return next;
    const HeadRefusal refusal = note_field(head.fields[count], head, seen);
    if (refusal != HeadRefusal::kNone) return refuse(refusal);
    ++count;
    p = next.at;
  }
}

void reset(ParsedHead& head) {
  head.has_content_length = false;
  head.chunked = false;
  head.expect_continue = false;
  head.repeated_authorization = false;
  head.repeated_content_type = false;
  head.content_length = 0;
  head.authorization = {};
  head.content_type = {};
  head.if_none_match = {};
}

}  // namespace

HeadResult check_head(std::string_view octets, const Limits& limits, ParsedHead& head) {
  reset(head);
  const char* begin = octets.data();
  const bool at_limit = octets.size() >= limits.head_size_max;
  const char* end = begin + (at_limit ? limits.head_size_max : octets.size());
  Step step = read_method(begin, end, head);
  if (step.at != nullptr) step = read_target(step.at, end, limits, head);
  if (step.at != nullptr) step = read_version(step.at, end, head);
  if (step.at != nullptr) step = read_fields(step.at, end, limits, head);
  if (step.at != nullptr) {
    head.size = static_cast<size_t>(step.at - begin);
    return {HeadVerdict::kAccepted, HeadRefusal::kNone};
  }
  if (step.refusal != HeadRefusal::kNone) return {HeadVerdict::kRefused, step.refusal};
  if (at_limit) return {HeadVerdict::kRefused, HeadRefusal::kHeadTooLarge};
  return {HeadVerdict::kIncomplete, HeadRefusal::kNone};
}

}  // namespace signet::http
