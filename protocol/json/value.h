// JsonValue: a small tree of what was read, members in the order of the text. Only the strict reader makes one of
// outside bytes, so a tree has no duplicate member, no bad UTF-8 and a bounded depth.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace signet {

struct JsonMember;

// Owns everything below it. The as_* accessors answer nothing when the value is of another type: no conversions.
// Thread rule: any for reading.
class JsonValue {
 public:
  using Array = std::vector<JsonValue>;
  using Object = std::vector<JsonMember>;

  // Defined out of line, all of them: the variant's code would otherwise be repeated at each use.
  JsonValue();  // null
  JsonValue(const JsonValue&);
  JsonValue(JsonValue&&) noexcept;
  JsonValue& operator=(const JsonValue&);
  JsonValue& operator=(JsonValue&&) noexcept;
  ~JsonValue();
  explicit JsonValue(bool value);
  explicit JsonValue(int64_t value);
  explicit JsonValue(double value);
  explicit JsonValue(std::string value);
  explicit JsonValue(Array value);
  explicit JsonValue(Object value);

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  std::optional<bool> as_boolean() const;
  // Within -2^53..2^53.
  std::optional<int64_t> as_integer() const;
  // A number written with a fraction or an exponent (read only when the options allow it), or an integer.
  std::optional<double> as_number() const;
  // Borrowed; nullptr when this is no string, array or object.
  const std::string* as_string() const { return std::get_if<std::string>(&value_); }
  const Array* as_array() const { return std::get_if<Array>(&value_); }
  const Object* as_object() const { return std::get_if<Object>(&value_); }

  // The value of member `name`; nullptr when absent or when this is no object. Borrowed.
  const JsonValue* find(std::string_view name) const;
  // find, then as_string: nullptr when absent or of another type. Where these two differ use find.
  const std::string* find_string(std::string_view name) const;

 private:
  std::variant<std::monostate, bool, int64_t, double, std::string, Array, Object> value_;
};

struct JsonMember {
  std::string name;
  JsonValue value;
};

}  // namespace signet
