// read_json: strict JSON (RFC 8259 narrowed to I-JSON, RFC 7493), for every JSON text that comes from outside. Where
// two parsers could read one text differently, this one refuses it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "protocol/json/value.h"

namespace signet {

enum class JsonErrorReason : uint8_t {
  kTooLarge,          // over size_max
  kByteOrderMark,     // RFC 8259 section 8.1
  kBadUtf8,           // RFC 3629
  kNul,               // an octet 0, or an escaped one where they are not allowed
  kSyntax,            // not RFC 8259; NaN and Infinity too
  kTrailingText,      // anything but white space after the value
  kTooDeep,           // over depth_max
  kTooManyValues,     // over values_max
  kDuplicateMember,   // names compared after unescaping
  kLoneSurrogate,     // an escaped surrogate without its partner
  kNotAnInteger,      // a fraction or exponent where they are not allowed
  kNumberOutOfRange,  // an integer beyond 2^53, a number beyond a double
};

struct JsonReadError {
  JsonErrorReason reason{};
  size_t offset = 0;  // octets from the start to where reading stopped; for a duplicate, to the end of its object
};

// A sentence part for people and logs, e.g. "duplicate member". Static storage.
std::string_view json_error_text(JsonErrorReason reason);
// "duplicate member at offset 17". Allocates.
std::string describe(const JsonReadError& error);

struct JsonReadOptions {
  size_t size_max = 64 * 1024;
  unsigned depth_max = 8;        // arrays and objects inside each other: {} is 1
  size_t values_max = SIZE_MAX;  // values of every type in all: small texts can hold very many
  bool allow_fractions = false;  // numbers with a fraction or an exponent
  bool allow_nul = false;        // \u0000 inside strings; a raw octet 0 is never JSON
};

// read_json reads exactly one JSON value with optional white space around it. Costs time linear in the size (n log n in
// the members of one object), whatever the text is; does not recurse. Any thread, allocates.
std::expected<JsonValue, JsonReadError> read_json(std::string_view text, const JsonReadOptions& options = {});

}  // namespace signet
