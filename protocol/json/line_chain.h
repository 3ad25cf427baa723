// LineChain: lines of JSON, each an object whose last member is the hash of everything up to itself, so that a line
// that was altered, taken out or moved shows. A line is hashed as it stands; nobody need parse it.
//
// hash(n) = SHA-256(hash(n-1), the line up to its member `chain`). Whoever can write the file can also make all of it
// anew: what ties it down is a hash that is kept elsewhere.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/digest.h"

namespace signet {

// One thread.
class LineChain {
 public:
  LineChain() = default;
  // Goes on behind a line of this hash.
  explicit LineChain(const Sha256Digest& hash) : hash_(hash) {}

  // close_line ends the object that `text` holds from `begin` on, which has members and no brace yet: appends the
  // member `chain`, the brace and a line feed.
  void close_line(std::string& text, size_t begin);

  enum class Verdict : uint8_t {
    kFollows,
    kNoLine,   // it does not end as a line of a chain does
    kAltered,  // or not the one that belongs here
  };
  // Takes the next line, without its line feed. Anything but kFollows changes nothing.
  Verdict next(std::string_view line);

  const Sha256Digest& hash() const { return hash_; }

  // The hash that a line says of itself; nothing when it has none.
  static std::optional<Sha256Digest> hash_of(std::string_view line);

 private:
  Sha256Digest hash_{};
};

// The hash as texts have it: base64url.
std::string chain_text(const Sha256Digest& hash);
std::optional<Sha256Digest> parse_chain_text(std::string_view text);

}  // namespace signet
