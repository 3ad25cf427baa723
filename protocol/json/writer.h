// JsonWriter: compact JSON (RFC 8259) into the caller's buffer, without allocation or exceptions. On the hot path:
// every access token and every answer is written with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/base/char_class.h"

namespace signet {

// A member name known at compile time that needs no escaping; anything else does not compile.
class JsonName {
 public:
  template <size_t kSize>
  consteval JsonName(const char (&text)[kSize]) : text_(text, kSize - 1) {  // NOLINT(google-explicit-constructor)
    if (!(kAlphanumerics | CharClass("_-.:/#")).contains_all(text_)) throw "a member name that needs escaping";
  }
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

// JsonWriter writes what it is told, in order, and puts the commas. Balanced begin and end, and a key before each
// member's value, are the caller's. When the buffer is too small the writer stops: overflowed() is true from then on
// and nothing of the buffer may be used. Strings are expected to be UTF-8; they are escaped, not validated. Thread
// rule: one at a time. Never allocates.
class JsonWriter {
 public:
  // `out` is borrowed and must outlive the writer's use.
  explicit JsonWriter(std::span<char> out) : begin_(out.data()), at_(out.data()), end_(out.data() + out.size()) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }

  void key(JsonName name);
  // A name that is known only at run time; escaped.
  void key_text(std::string_view name);

  void string(std::string_view value);
  void integer(int64_t value);
  void unsigned_integer(uint64_t value);
  // The shortest form that reads back the same; a value that is not finite has no JSON form and becomes null.
  void number(double value);
  void boolean(bool value) { scalar(value ? "true" : "false"); }
  void null() { scalar("null"); }
  // One value that is JSON already.
  void raw(std::string_view json) { scalar(json); }
  // Zero or more members that are JSON already, without the braces around them.
  void raw_members(std::string_view members);

  void member(JsonName name, std::string_view value) { key(name), string(value); }
  void member(JsonName name, const char* value) { key(name), string(value); }
  void member_integer(JsonName name, int64_t value) { key(name), integer(value); }
  void member_boolean(JsonName name, bool value) { key(name), boolean(value); }

  bool overflowed() const { return overflowed_; }
  // Octets written; 0 after an overflow.
  size_t size() const { return overflowed_ ? 0 : static_cast<size_t>(at_ - begin_); }
  // What was written; empty after an overflow.
  std::string_view text() const { return {begin_, size()}; }

 private:
  size_t room() const { return static_cast<size_t>(end_ - at_); }
  void overflow() { overflowed_ = true, end_ = at_; }
  void put(char c);
  void put(std::string_view text);
  void append(std::string_view text);  // there is room for it
  void put_escaped(std::string_view text);
  void put_escape(char c);
  void quoted(std::string_view text);
  void comma();
  void open(char bracket);
  void close(char bracket);
  void scalar(std::string_view json);
  template <typename T>
  void put_number(T value);

  char* begin_;
  char* at_;
  char* end_;
  bool comma_ = false;  // a value stands before, so the next key or value needs a comma
  bool overflowed_ = false;
};

}  // namespace signet
