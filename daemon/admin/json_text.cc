#include "daemon/admin/json_text.h"

namespace signet {
namespace {

void write_scalar(JsonWriter& json, const JsonValue& value) {
  if (const std::string* text = value.as_string()) return json.string(*text);
  if (auto boolean = value.as_boolean()) return json.boolean(*boolean);
  if (auto integer = value.as_integer()) return json.integer(*integer);
  if (auto number = value.as_number()) return json.number(*number);
  json.null();
}

}  // namespace

void write_json_value(JsonWriter& json, const JsonValue& value) {
  if (const JsonValue::Array* array = value.as_array()) {
    json.begin_array();
    for (const JsonValue& entry : *array) write_json_value(json, entry);
    json.end_array();
  } else if (const JsonValue::Object* object = value.as_object()) {
    json.begin_object();
    for (const JsonMember& member : *object) {
      json.key_text(member.name);
      write_json_value(json, member.value);
    }
    json.end_object();
  } else {
    write_scalar(json, value);
  }
}

}  // namespace signet
