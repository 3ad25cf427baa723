#include "keystore/clients/password_check.h"

#include <algorithm>
#include <array>

#include "keystore/clients/kernel_random.h"
#include "protocol/base/check.h"
#include "protocol/base/secret_bytes.h"
#include "protocol/base/utf8.h"

namespace signet {
namespace {

constexpr size_t kIdSizeMax = 256;  // what client authentication lets through

// What goes into Argon2id: keyed BLAKE2b-256 of tenant (4 octets), size of the id (2), id, size of the password (2),
// password; little-endian. The sizes make it unambiguous.
KeyedHash256 keyed(const HashKey& key, uint32_t tenant, std::string_view client_id, std::string_view password) {
  std::array<uint8_t, 4 + 2 + kIdSizeMax + 2 + kPasswordSizeMax> message;  // not zeroed
  size_t size = 0;
  const auto number = [&](size_t value, int octets) {
    for (int i = 0; i < octets; ++i) message[size++] = static_cast<uint8_t>(value >> (8 * i));
  };
  const auto text = [&](std::string_view value) {
    number(value.size(), 2);
    std::ranges::copy(value, message.begin() + static_cast<ptrdiff_t>(size));
    size += value.size();
  };
  number(tenant, 4);
  text(client_id.substr(0, kIdSizeMax));
  text(password.substr(0, kPasswordSizeMax));
  const KeyedHash256 hash = keyed_hash_256(key, {message.data(), size});
  wipe({message.data(), size});
  return hash;
}

}  // namespace

bool valid_password(std::string_view password) {
  const auto control = [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7F; };
  return !password.empty() && password.size() <= kPasswordSizeMax && valid_utf8(password) &&
         std::ranges::none_of(password, control);
}

PasswordCheck::PasswordCheck(const Pepper& pepper, PasswordCost cost) : pepper_(pepper), cost_(cost) {
  SIGNET_CHECK(valid_password_cost(cost));
  dummy_.cost = cost;
  dummy_.pepper_version = pepper.current_version();
  fill_from_kernel(dummy_.salt);
  fill_from_kernel(dummy_.hash);
}

std::optional<PasswordVerifier> PasswordCheck::hash(uint32_t tenant, std::string_view client_id,
                                                    std::string_view password) const {
  SIGNET_CHECK(client_id.size() <= kIdSizeMax && password.size() <= kPasswordSizeMax);
  PasswordVerifier verifier{.cost = cost_, .pepper_version = pepper_.current_version()};
  fill_from_kernel(verifier.salt);
  KeyedHash256 input = keyed(*pepper_.password_key(verifier.pepper_version), tenant, client_id, password);
  const bool hashed = argon2id(input, verifier.salt, cost_, verifier.hash);
  wipe(input);
  if (!hashed) return std::nullopt;
  return verifier;
}

PasswordVerdict PasswordCheck::verify(const std::optional<PasswordVerifier>& given, uint32_t tenant,
                                      std::string_view client_id, std::string_view password) const {
  const PasswordVerifier& verifier = given ? *given : dummy_;
  const HashKey* key = pepper_.password_key(verifier.pepper_version);
  const bool known = key != nullptr && given.has_value();
  // A version that is not known gets the current key: the work is done all the same.
  if (key == nullptr) key = pepper_.password_key(pepper_.current_version());
  KeyedHash256 input = keyed(*key, tenant, client_id, password);
  PasswordHash hash;
  const bool hashed = argon2id(input, verifier.salt, verifier.cost, hash);
  wipe(input);
  if (!hashed) return PasswordVerdict::kUnavailable;
  const bool equal = constant_time_equal(hash, verifier.hash);
  wipe(hash);
  const bool whole = client_id.size() <= kIdSizeMax && password.size() <= kPasswordSizeMax;
  return equal & known & whole ? PasswordVerdict::kRight : PasswordVerdict::kWrong;
}

}  // namespace signet
