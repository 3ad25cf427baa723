#include "tools/ctl/input.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "protocol/base/errno_text.h"

namespace signet::ctl {
namespace {

constexpr size_t kSecretSizeMin = 16;
constexpr size_t kSecretSizeMax = 256;

}  // namespace

std::expected<std::string, Failure> read_all(std::FILE* from, size_t size_max, std::string_view what) {
  std::string text;
  std::array<char, 4096> buffer;
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), from)) {
    text.append(buffer.data(), count);
    if (text.size() > size_max) {
      return std::unexpected(Failure{fmt::format("{} is larger than {} octets", what, size_max)});
    }
  }
  if (std::ferror(from) != 0) {
    return std::unexpected(Failure{fmt::format("reading {}: {}", what, errno_text(errno))});
  }
  return text;
}

std::expected<std::string, Failure> read_file(const std::string& path, size_t size_max, std::string_view what) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"), std::fclose);
  if (!file) return std::unexpected(Failure{fmt::format("{}: {}", path, errno_text(errno))});
  return read_all(file.get(), size_max, what);
}

std::string_view given_secret_fault(std::string_view secret) {
  if (secret.size() < kSecretSizeMin || secret.size() > kSecretSizeMax) {
    return "a client secret has 16 to 256 characters";
  }
  const bool printable = std::all_of(secret.begin(), secret.end(), [](char c) { return c >= ' ' && c <= '~'; });
  return printable ? "" : "a client secret has only printable ASCII characters";
}

std::expected<std::string, Failure> read_secret(std::FILE* from) {
  auto secret = read_all(from, kSecretSizeMax + 2, "the secret on stdin");
  if (!secret) return secret;
  if (secret->ends_with('\n')) secret->pop_back();
  if (secret->ends_with('\r')) secret->pop_back();
  if (const std::string_view fault = given_secret_fault(*secret); !fault.empty()) {
    return std::unexpected(Failure{std::string(fault)});
  }
  return secret;
}

}  // namespace signet::ctl
