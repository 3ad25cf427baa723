// Pkcs11Module: a PKCS#11 library in this process, initialised for many threads, and the tokens that it has.
#pragma once

#include <p11-kit/pkcs11.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "keystore/pkcs11/pkcs11_error.h"

namespace signet {

struct Pkcs11TokenInfo {
  CK_SLOT_ID slot = 0;
  std::string label, serial;  // without the blanks that fill them
  bool initialized = false;
};

// Thread rule: any thread, once loaded: the library was told that threads share it.
class Pkcs11Module {
 public:
  // load maps the library and initialises it. It must be given by an absolute path and writable by nobody but root and
  // this user: what is in it sees every key of the process. Blocks.
  static Pkcs11Result<std::unique_ptr<Pkcs11Module>> load(const std::filesystem::path& path);
  // Finalises it; no session may be in use. The library stays mapped: not every one survives being unmapped.
  ~Pkcs11Module();
  Pkcs11Module(const Pkcs11Module&) = delete;
  Pkcs11Module& operator=(const Pkcs11Module&) = delete;

  CK_FUNCTION_LIST& functions() const { return *functions_; }
  // find_token: the one token whose label or serial number is `name`. The error lists those that are there. Blocks.
  Pkcs11Result<Pkcs11TokenInfo> find_token(std::string_view name) const;

 private:
  Pkcs11Module(CK_FUNCTION_LIST* functions, bool finalize) : functions_(functions), finalize_(finalize) {}
  Pkcs11Result<std::vector<Pkcs11TokenInfo>> tokens() const;

  CK_FUNCTION_LIST* functions_;
  bool finalize_;  // false: somebody else in this process had initialised it
};

}  // namespace signet
