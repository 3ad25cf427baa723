#include "tools/ctl/json_text.h"

#include <fmt/format.h>

#include "tools/ctl/http_answer.h"

namespace signet::ctl {
namespace {

constexpr size_t kFirstSize = 4096;
constexpr unsigned kAnswerDepthMax = 16;

}  // namespace

std::string compose_json(const std::function<void(JsonWriter&)>& write) {
  std::string buffer(kFirstSize, '\0');
  while (true) {
    JsonWriter writer(buffer);
    write(writer);
    if (!writer.overflowed()) {
      buffer.resize(writer.size());
      return buffer;
    }
    buffer.resize(buffer.size() * 4);
  }
}

std::expected<JsonValue, Failure> read_answer(std::string_view body) {
  JsonReadOptions options;
  options.size_max = kAnswerBodySizeMax;
  options.depth_max = kAnswerDepthMax;
  options.allow_fractions = true;
  auto value = read_json(body, options);
  if (!value) return std::unexpected(Failure{"the daemon's answer is not JSON: " + describe(value.error())});
  return *std::move(value);
}

void write_value(JsonWriter& to, const JsonValue& value) {
  if (const auto* object = value.as_object()) {
    to.begin_object();
    for (const JsonMember& member : *object) {
      to.key_text(member.name);
      write_value(to, member.value);
    }
    to.end_object();
  } else if (const auto* array = value.as_array()) {
    to.begin_array();
    for (const JsonValue& element : *array) write_value(to, element);
    to.end_array();
  } else if (const auto* text = value.as_string()) {
    to.string(*text);
  } else if (const auto integer = value.as_integer()) {
    to.integer(*integer);
  } else if (const auto number = value.as_number()) {
    to.number(*number);
  } else if (const auto boolean = value.as_boolean()) {
    to.boolean(*boolean);
  } else {
    to.null();
  }
}

std::string compact_json(const JsonValue& value) {
  return compose_json([&value](JsonWriter& writer) { write_value(writer, value); });
}

std::string display_json(const JsonValue& value) {
  if (const auto* text = value.as_string()) return *text;
  if (value.is_null()) return "";
  if (const auto boolean = value.as_boolean()) return *boolean ? "yes" : "no";
  return compact_json(value);
}

std::string text_of(const JsonValue& object, std::string_view name) {
  const JsonValue* member = object.find(name);
  return member == nullptr ? "" : display_json(*member);
}

std::string joined(const JsonValue& object, std::string_view name) {
  const JsonValue* member = object.find(name);
  if (member == nullptr) return "";
  const auto* array = member->as_array();
  if (array == nullptr) return display_json(*member);
  std::string text;
  for (const JsonValue& element : *array) {
    if (!text.empty()) text += ' ';
    text += display_json(element);
  }
  return text;
}

}  // namespace signet::ctl
