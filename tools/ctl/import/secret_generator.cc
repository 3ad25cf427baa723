#include "tools/ctl/import/secret_generator.h"

#include <sys/random.h>

#include <cerrno>
#include <string_view>

#include "protocol/base/check.h"
#include "protocol/base/secret_bytes.h"

namespace signet::ctl {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
static_assert(kAlphabet.size() == 66);
// Octets from here on are thrown away: the rest divides evenly over the alphabet, so that no character is favoured.
constexpr unsigned kUnbiased = 256 / kAlphabet.size() * kAlphabet.size();

}  // namespace

SecretGenerator::~SecretGenerator() { wipe(buffer_); }

uint8_t SecretGenerator::octet() {
  if (left_ == 0) {
    size_t filled = 0;
    while (filled < buffer_.size()) {
      const ssize_t count = getrandom(buffer_.data() + filled, buffer_.size() - filled, 0);
      SIGNET_CHECK(count > 0 || errno == EINTR);
      if (count > 0) filled += static_cast<size_t>(count);
    }
    left_ = buffer_.size();
  }
  const uint8_t value = buffer_[--left_];
  buffer_[left_] = 0;
  return value;
}

SecretGenerator::Secret SecretGenerator::next() {
  Secret secret;
  for (size_t i = 0; i < secret.size();) {
    const uint8_t value = octet();
    if (value < kUnbiased) secret[i++] = kAlphabet[value % kAlphabet.size()];
  }
  return secret;
}

}  // namespace signet::ctl
