// HeadRefusal: why the head of a request was refused, each with its status. Text for people goes into the answer.
#pragma once

#include <cstdint>
#include <string_view>

namespace signet::http {

enum class HeadRefusal : uint8_t {
  kNone,
  kMethodCharacter,  // RFC 9110 9.1: a method is a token
  kMethodUnknown,    // RFC 9110 15.6.2
  kMethodConnect,    // not a proxy
  kTargetForm,       // RFC 9112 3.2: only origin-form is served
  kTargetCharacter,  // RFC 3986 section 2
  kTargetTooLong,
  kVersionMalformed,  // RFC 9112 2.3
  kVersionUnsupported,
  kLineEnding,          // RFC 9112 2.2: a CR or LF that is not part of CR LF
  kControlCharacter,    // RFC 9110 5.5
  kFieldNameEmpty,      // RFC 9110 5.1
  kFieldNameCharacter,  // RFC 9112 5.1: also blanks before the colon
  kObsFold,             // RFC 9112 5.2
  kHeadTooLarge,
  kTooManyFields,
  kHostMissing,  // RFC 9112 3.2
  kHostRepeated,
  kHostInvalid,
  kContentLengthRepeated,  // RFC 9112 6.3
  kContentLengthInvalid,
  kContentLengthTooLarge,
  kTransferEncodingVersion,  // RFC 9112 6.1: Transfer-Encoding in HTTP/1.0
  kTransferEncodingLength,   // RFC 9112 6.3: together with Content-Length
  kTransferEncodingUnsupported,
  kExpectation,      // RFC 9110 10.1.1
  kParsersDisagree,  // llhttp reads this head differently
  kCount,
};

struct HeadRefusalText {
  int status;
  std::string_view description;
};

// The status and the public text of a refusal. Any thread.
const HeadRefusalText& head_refusal_text(HeadRefusal refusal);

}  // namespace signet::http
