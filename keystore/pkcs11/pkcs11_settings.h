// What is configured of the PKCS#11 token, and what is told of it. Knows nothing of PKCS#11 itself.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace signet {

struct Pkcs11Settings {
  std::filesystem::path module;    // the library; empty = there is no token
  std::string token;               // label or serial number
  std::filesystem::path pin_file;  // of mode 0600 or stricter, the user PIN in one line
  uint32_t threads = 4;            // that sign, each with a session of its own
  uint32_t queue_max = 1024;       // requests that wait for them
};

enum class Pkcs11Event : uint8_t {
  kLost,        // signatures are refused until the token is back
  kBack,        // it signs again
  kPinRefused,  // the token does not take the PIN any more: nothing is tried again before the next start
  kSignature,   // one was not made, or did not hold
  kObject,      // an object could not be destroyed yet
};

// Counted since the start.
struct Pkcs11Status {
  std::string label, serial;
  bool up = false;
  uint64_t waiting = 0;     // requests that were taken over
  uint64_t signatures = 0;  // made
  uint64_t failures = 0;    // requests without one
  uint64_t refused = 0;     // requests that found no room
  uint64_t reconnects = 0;  // sessions opened after the first of each thread
};

}  // namespace signet
