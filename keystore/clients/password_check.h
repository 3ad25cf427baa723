// PasswordCheck: passwords that people choose, kept only as Argon2id over a keyed BLAKE2b of tenant, client id and
// password. Slow on purpose, unlike the check of a generated secret (client_secret.h): what people choose can be
// guessed. The pepper makes a stolen store worthless to a guesser without the vault; the salt, and the names within,
// make equal passwords of two clients differ and a moved verifier verify nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "keystore/clients/client.h"
#include "keystore/clients/client_secret.h"

namespace signet {

inline constexpr size_t kPasswordSizeMax = 1024;  // octets

// valid_password (given): 1 to 1024 octets of UTF-8 without control characters (RFC 8265 4.2). Any thread, does not
// allocate.
bool valid_password(std::string_view password);

enum class PasswordVerdict : uint8_t {
  kRight,
  kWrong,
  kUnavailable,  // no memory for the work area: nothing may be said
};

// Immutable; any thread. Both calls block for as long as the cost says, and take its memory meanwhile: never on a
// worker's loop nor on the committer. They read nothing but their arguments, so what they are given must be copies.
class PasswordCheck {
 public:
  // `pepper` is borrowed. `cost` is that of new passwords, and of clients that have none.
  explicit PasswordCheck(const Pepper& pepper, PasswordCost cost = {});

  // hash makes the verifier of a new password, which is valid, with a salt from the kernel. Nothing: no memory.
  std::optional<PasswordVerifier> hash(uint32_t tenant, std::string_view client_id, std::string_view password) const;

  // verify compares in constant time. Without a verifier (unknown client, or one without a password) it does the work
  // of one of the current cost and says kWrong. A password longer than kPasswordSizeMax is wrong.
  PasswordVerdict verify(const std::optional<PasswordVerifier>& verifier, uint32_t tenant, std::string_view client_id,
                         std::string_view password) const;

  const PasswordCost& cost() const { return cost_; }

 private:
  const Pepper& pepper_;
  const PasswordCost cost_;
  PasswordVerifier dummy_;  // nobody's: its salt is random, its hash is never compared to any effect
};

}  // namespace signet
