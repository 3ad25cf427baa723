// CharClass: a set of octets built at compile time, for the character classes that the RFCs define by ABNF.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace signet {

// Immutable. Thread rule: any. Look-up is one table read without a branch.
class CharClass {
 public:
  // The set of the octets of `members`.
  constexpr explicit CharClass(std::string_view members) {
    for (char c : members) in_[static_cast<uint8_t>(c)] = true;
  }
  // The set of the octets first..last, both included.
  static constexpr CharClass range(uint8_t first, uint8_t last) {
    CharClass set{""};
    for (unsigned c = first; c <= last; ++c) set.in_[c] = true;
    return set;
  }
  // The union.
  constexpr CharClass operator|(const CharClass& other) const {
    CharClass set = *this;
    for (unsigned c = 0; c < 256; ++c) set.in_[c] = in_[c] || other.in_[c];
    return set;
  }

  constexpr bool contains(char c) const { return in_[static_cast<uint8_t>(c)]; }
  // Whether every octet of `text` is a member; true for the empty text.
  constexpr bool contains_all(std::string_view text) const {
    for (char c : text)
      if (!contains(c)) return false;
    return true;
  }

 private:
  std::array<bool, 256> in_{};
};

inline constexpr CharClass kDigits = CharClass::range('0', '9');
inline constexpr CharClass kAlphanumerics = CharClass::range('A', 'Z') | CharClass::range('a', 'z') | kDigits;
// The alphabet of base64url (RFC 4648 section 5), which is also that of a kid.
inline constexpr CharClass kBase64UrlCharacters = kAlphanumerics | CharClass("-_");

}  // namespace signet
