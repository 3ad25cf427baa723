#include "protocol/json/value.h"

#include <utility>

namespace signet {
namespace {

template <typename T, typename Variant>
std::optional<T> alternative(const Variant& value) {
  if (const T* held = std::get_if<T>(&value)) return *held;
  return std::nullopt;
}

}  // namespace

JsonValue::JsonValue() = default;
JsonValue::JsonValue(const JsonValue&) = default;
JsonValue::JsonValue(JsonValue&&) noexcept = default;
JsonValue& JsonValue::operator=(const JsonValue&) = default;
JsonValue& JsonValue::operator=(JsonValue&&) noexcept = default;
JsonValue::~JsonValue() = default;

JsonValue::JsonValue(bool value) : value_(value) {}

JsonValue::JsonValue(int64_t value) : value_(value) {}

JsonValue::JsonValue(double value) : value_(value) {}

JsonValue::JsonValue(std::string value) : value_(std::move(value)) {}

JsonValue::JsonValue(Array value) : value_(std::move(value)) {}

JsonValue::JsonValue(Object value) : value_(std::move(value)) {}

std::optional<bool> JsonValue::as_boolean() const { return alternative<bool>(value_); }

std::optional<int64_t> JsonValue::as_integer() const { return alternative<int64_t>(value_); }

std::optional<double> JsonValue::as_number() const {
  if (const auto integer = as_integer()) return static_cast<double>(*integer);  // exact: at most 2^53
  return alternative<double>(value_);
}

const JsonValue* JsonValue::find(std::string_view name) const {
  const Object* object = as_object();
  if (object == nullptr) return nullptr;
  for (const JsonMember& member : *object)
    if (member.name == name) return &member.value;
  return nullptr;
}

const std::string* JsonValue::find_string(std::string_view name) const {
  const JsonValue* value = find(name);
  return value == nullptr ? nullptr : value->as_string();
}

}  // namespace signet
