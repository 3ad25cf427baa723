// The strict JSON reader and the writer. What is read must come back the same after writing, and any UTF-8 must survive
// as a string.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "protocol/base/check.h"
#include "protocol/base/utf8.h"
#include "protocol/json/reader.h"
#include "protocol/json/writer.h"

namespace {

using namespace signet;

constexpr JsonReadOptions kLoose{.depth_max = 16, .allow_fractions = true, .allow_nul = true};

// Recursion is bounded by depth_max, which the reader enforced.
void write(JsonWriter& json, const JsonValue& value, unsigned depth) {
  SIGNET_CHECK(depth <= kLoose.depth_max);
  if (value.is_null()) return json.null();
  if (const auto boolean = value.as_boolean()) return json.boolean(*boolean);
  if (const auto integer = value.as_integer()) return json.integer(*integer);
  if (value.as_number()) return json.raw("1.5e0");  // doubles are not written back digit by digit
  if (const std::string* text = value.as_string()) return json.string(*text);
  if (const auto* array = value.as_array()) {
    json.begin_array();
    for (const JsonValue& element : *array) write(json, element, depth + 1);
    return json.end_array();
  }
  json.begin_object();
  for (const JsonMember& member : *value.as_object()) {
    json.key_text(member.name);
    write(json, member.value, depth + 1);
  }
  json.end_object();
}

std::string written(const JsonValue& value, size_t room) {
  std::vector<char> buffer(room);
  JsonWriter json(buffer);
  write(json, value, 0);
  SIGNET_CHECK(!json.overflowed());
  return std::string(json.text());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t room = 6 * size + 64;  // every octet as \u00XX
  const auto strict = read_json(text);
  const auto loose = read_json(text, kLoose);
  SIGNET_CHECK(!strict || loose);
  if (loose) {
    const std::string once = written(*loose, room);
    const auto again = read_json(once, kLoose);
    SIGNET_CHECK(again && written(*again, room) == once);
  } else {
    SIGNET_CHECK(loose.error().offset <= size && !describe(loose.error()).empty());
  }
  if (valid_utf8(text) && room < kLoose.size_max) {
    const auto back = read_json(written(JsonValue(std::string(text)), room), kLoose);
    SIGNET_CHECK(back && back->as_string() != nullptr && *back->as_string() == text);
  }
  return 0;
}
