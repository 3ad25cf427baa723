#include "protocol/oauth/introspection_response.h"

#include <algorithm>

#include "protocol/base/check.h"
#include "protocol/base/copy_text.h"
#include "protocol/json/writer.h"
#include "protocol/jwt/own_claims.h"

namespace signet {
namespace {

// Values nest as deep as the reader lets them.
void write_value(JsonWriter& json, const JsonValue& value);

void write_members(JsonWriter& json, const JsonValue::Object& object, bool outermost) {
  for (const JsonMember& member : object) {
    const auto& own = kIntrospectionOwnNames;
    if (outermost && std::find(own.begin(), own.end(), member.name) != own.end()) continue;
    json.key_text(member.name);
    write_value(json, member.value);
  }
}

void write_value(JsonWriter& json, const JsonValue& value) {
  if (const auto* object = value.as_object()) {
    json.begin_object();
    write_members(json, *object, false);
    json.end_object();
  } else if (const auto* array = value.as_array()) {
    json.begin_array();
    for (const JsonValue& entry : *array) write_value(json, entry);
    json.end_array();
  } else if (const auto* text = value.as_string()) {
    json.string(*text);
  } else if (const auto boolean = value.as_boolean()) {
    json.boolean(*boolean);
  } else if (const auto integer = value.as_integer()) {
    json.integer(*integer);
  } else if (const auto number = value.as_number()) {
    json.number(*number);
  } else {
    json.null();
  }
}

// Octets of the value as the writer writes it, at most: an octet of text may become six, a number has 32 at most.
size_t size_bound(const JsonValue& value) {
  size_t size = 32;
  if (const auto* object = value.as_object()) {
    for (const JsonMember& member : *object) size += 6 * member.name.size() + 4 + size_bound(member.value);
  } else if (const auto* array = value.as_array()) {
    for (const JsonValue& entry : *array) size += 1 + size_bound(entry);
  } else if (const auto* text = value.as_string()) {
    size += 6 * text->size();
  }
  return size;
}

}  // namespace

size_t frame_introspection_response(std::span<char> text, size_t claims_size) {
  SIGNET_CHECK(claims_size > 2 && kIntrospectionFront + claims_size + kIntrospectionBack <= text.size());
  copy_text(text.data(), kActivePrefix);  // its comma replaces the opening brace
  char* closing = text.data() + kIntrospectionFront + claims_size - 1;
  return static_cast<size_t>(copy_text(closing, kActiveSuffix) - text.data());
}

std::string write_introspection_response(const JsonValue& claims) {
  std::string text(size_bound(claims) + kActivePrefix.size() + kActiveSuffix.size(), '\0');
  JsonWriter json(text);
  json.begin_object();
  json.member_boolean("active", true);
  write_members(json, *claims.as_object(), true);
  json.member("token_type", "Bearer");
  json.end_object();
  SIGNET_CHECK(!json.overflowed());
  text.resize(json.size());
  return text;
}

}  // namespace signet
