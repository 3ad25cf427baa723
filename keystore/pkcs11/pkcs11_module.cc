#include "keystore/pkcs11/pkcs11_module.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "protocol/base/errno_text.h"

namespace signet {
namespace {

using Kind = Pkcs11Failure::Kind;

std::unexpected<Pkcs11Failure> refuse(std::string text) {
  return std::unexpected(Pkcs11Failure{Kind::kRefused, std::move(text)});
}

// Fixed-width fields are filled with blanks, by some tokens with zeros.
template <size_t kSize>
std::string field(const CK_UTF8CHAR (&text)[kSize]) {
  std::string value;
  for (const CK_UTF8CHAR c : text) value += static_cast<char>(c);
  value.resize(std::min(value.find('\0'), value.size()));
  while (value.ends_with(' ')) value.pop_back();
  return value;
}

Pkcs11Result<void> check_file(const std::filesystem::path& path) {
  struct stat status{};
  if (!path.is_absolute()) return refuse(fmt::format("{}: expected an absolute path", path.string()));
  if (::stat(path.c_str(), &status) != 0) {
    return refuse(fmt::format("{}: {}: set pkcs11_module to the library that came with the token", path.string(),
                              errno_text(errno)));
  }
  const bool ours = status.st_uid == 0 || status.st_uid == ::geteuid();
  if (!ours || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return refuse(
        fmt::format("{}: others may write to this library, and it would run beside every key: give it to root "
                    "with mode 0644",
                    path.string()));
  }
  return {};
}

// No RTLD_GLOBAL: the library's names stay its own.
Pkcs11Result<CK_C_GetFunctionList> map_library(const std::filesystem::path& path) {
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* why = ::dlerror();
    return refuse(fmt::format("{}: cannot be loaded: {}", path.string(), why == nullptr ? "no reason given" : why));
  }
  void* symbol = ::dlsym(library, "C_GetFunctionList");
  if (symbol == nullptr) {
    ::dlclose(library);
    return refuse(fmt::format("{}: this is no PKCS#11 library: it has no C_GetFunctionList", path.string()));
  }
  return reinterpret_cast<CK_C_GetFunctionList>(symbol);
}

}  // namespace

Pkcs11Result<std::unique_ptr<Pkcs11Module>> Pkcs11Module::load(const std::filesystem::path& path) {
  if (auto ok = check_file(path); !ok) return std::unexpected(ok.error());
  const auto get = map_library(path);
  if (!get) return std::unexpected(get.error());
  CK_FUNCTION_LIST* functions = nullptr;
  if (const CK_RV code = (*get)(&functions); code != CKR_OK || functions == nullptr) {
    return std::unexpected(pkcs11_failure("C_GetFunctionList", code));
  }
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = CKF_OS_LOCKING_OK;
  const CK_RV code = functions->C_Initialize(&arguments);
  if (code != CKR_OK && code != CKR_CRYPTOKI_ALREADY_INITIALIZED) {
    return std::unexpected(pkcs11_failure(fmt::format("{}: C_Initialize", path.string()), code));
  }
  return std::unique_ptr<Pkcs11Module>(new Pkcs11Module(functions, code == CKR_OK));
}

Pkcs11Module::~Pkcs11Module() {
  if (finalize_) functions_->C_Finalize(nullptr);
}

Pkcs11Result<std::vector<Pkcs11TokenInfo>> Pkcs11Module::tokens() const {
  std::array<CK_SLOT_ID, 64> slots{};
  CK_ULONG count = slots.size();
  // Asking for the number first makes the library look which tokens there are now.
  if (const CK_RV code = functions_->C_GetSlotList(CK_TRUE, nullptr, &count); code != CKR_OK) {
    return std::unexpected(pkcs11_failure("C_GetSlotList", code));
  }
  count = slots.size();
  if (const CK_RV code = functions_->C_GetSlotList(CK_TRUE, slots.data(), &count); code != CKR_OK) {
    return std::unexpected(pkcs11_failure("C_GetSlotList", code));
  }
  std::vector<Pkcs11TokenInfo> found;
  for (CK_ULONG i = 0; i < count; ++i) {
    CK_TOKEN_INFO info{};
    if (functions_->C_GetTokenInfo(slots[i], &info) != CKR_OK) continue;  // gone, or none of ours
    found.push_back({.slot = slots[i],
                     .label = field(info.label),
                     .serial = field(info.serialNumber),
                     .initialized = (info.flags & CKF_TOKEN_INITIALIZED) != 0});
  }
  return found;
}

Pkcs11Result<Pkcs11TokenInfo> Pkcs11Module::find_token(std::string_view name) const {
  const auto all = tokens();
  if (!all) return std::unexpected(all.error());
  std::string list;
  const Pkcs11TokenInfo* found = nullptr;
  for (const Pkcs11TokenInfo& token : *all) {
    if (!token.initialized) continue;
    list += fmt::format("{}\"{}\" (serial {})", list.empty() ? "" : ", ", token.label, token.serial);
    if (token.label != name && token.serial != name) continue;
    if (found != nullptr) {
      return refuse(fmt::format("several tokens are called \"{}\": set pkcs11_token to a serial number; there are {}",
                                name, list));
    }
    found = &token;
  }
  if (found != nullptr) return *found;
  return std::unexpected(Pkcs11Failure{
      Kind::kLost,
      fmt::format("there is no token with the label or serial number \"{}\": there {}", name,
                  list.empty() ? "is none at all; is it plugged in, and may this user reach it?" : "is " + list)});
}

}  // namespace signet
