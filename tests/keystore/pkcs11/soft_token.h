// SoftToken: a SoftHSM token in a directory of its own, and the module of the tests that makes it slow and faulty.
#pragma once

#include <gtest/gtest.h>
#include <p11-kit/pkcs11.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "keystore/pkcs11/pkcs11_module.h"
#include "keystore/pkcs11/pkcs11_session.h"
#include "keystore/pkcs11/pkcs11_settings.h"
#include "tests/keystore/vault/temporary_directory.h"
#include "tests/support/sanitizers.h"

namespace signet {

inline constexpr const char* kSoftHsm = "/usr/lib/softhsm/libsofthsm2.so";
inline constexpr const char* kPin = "4711 user";

// One at a time in a process: SoftHSM finds its configuration in the environment.
class SoftToken {
 public:
  static bool installed() { return std::filesystem::exists(kSoftHsm); }

  explicit SoftToken(const std::filesystem::path& directory) : directory_(directory) {
    std::filesystem::create_directories(directory_ / "tokens");
    std::ofstream(directory_ / "softhsm2.conf") << "directories.tokendir = " << (directory_ / "tokens").string()
                                                << "\nobjectstore.backend = file\nlog.level = ERROR\n";
    ::setenv("SOFTHSM2_CONF", (directory_ / "softhsm2.conf").c_str(), 1);
    ::setenv("SIGNET_FAULTY_PKCS11", faults().c_str(), 1);
    write_pin(kPin);
    make("signet");
  }

  // Makes one more token of this label.
  void make(const std::string& label) const {
    const std::string command = "softhsm2-util --init-token --free --label '" + label + "' --so-pin 12345678 --pin '" +
                                std::string(kPin) + "' >/dev/null";
    EXPECT_EQ(std::system(command.c_str()), 0);
  }
  void write_pin(const std::string& pin, unsigned mode = 0600) const {
    std::filesystem::remove(pin_file());
    std::ofstream(pin_file()) << pin << "\n";
    std::filesystem::permissions(pin_file(), std::filesystem::perms(mode));
  }
  // Lines of the module's file; none = SoftHSM as it is.
  void fault(const std::string& lines) const {
    std::ofstream(faults().string() + ".new") << lines << "\n";
    std::filesystem::rename(faults().string() + ".new", faults());
  }
  size_t logins() const {
    std::ifstream file(faults().string() + ".logins");
    return static_cast<size_t>(std::count(std::istreambuf_iterator<char>(file), {}, '\n'));
  }

  Pkcs11Settings settings(const std::filesystem::path& module = usual_module()) const {
    return {.module = module, .token = "signet", .pin_file = pin_file(), .threads = 2, .queue_max = 64};
  }
  // SoftHSM; under a sanitizer through the module that hides a leak of it.
  static std::filesystem::path usual_module() { return kAddressSanitized ? faulty_module() : kSoftHsm; }
  static std::filesystem::path faulty_module() { return std::getenv("SIGNET_FAULTY_MODULE"); }
  std::filesystem::path pin_file() const { return directory_ / "pin"; }
  std::filesystem::path faults() const { return directory_ / "faults"; }

 private:
  const std::filesystem::path directory_;
};

}  // namespace signet
