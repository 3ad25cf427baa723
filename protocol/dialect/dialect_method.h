// DialectMethods: a set of HTTP methods, and the text of an Allow field for it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace signet {

// Bits of DialectMethods::bits.
enum class DialectMethod : uint8_t { kGet = 1, kPost = 2, kPut = 4, kDelete = 8, kPatch = 16, kOptions = 32 };

// A value. HEAD goes with GET (RFC 9110 section 9.3.2). Any thread.
struct DialectMethods {
  uint8_t bits = 0;
  bool any = false;  // "*": methods without a bit too

  // `method` as a request says it, case-sensitive.
  bool contain(std::string_view method) const;
  bool overlap(const DialectMethods& other) const { return any || other.any || (bits & other.bits) != 0; }
  friend bool operator==(const DialectMethods&, const DialectMethods&) = default;
};

// The bit of "GET", "POST" and so on; nothing for another text, HEAD among them.
std::optional<DialectMethod> find_dialect_method(std::string_view name);
// "GET", "POST", ... Static storage.
std::span<const std::string_view> dialect_method_names();
// "GET, HEAD, POST" for the bits of `methods`. Static storage. Any thread, does not allocate.
std::string_view allow_text(DialectMethods methods);

}  // namespace signet
