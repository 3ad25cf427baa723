// Options: the command line of signetd.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

namespace signet {

enum class Action : uint8_t { kServe, kCheckConfig, kConfigReference, kVersion, kHelp };

struct Options {
  Action action = Action::kServe;
  std::string config;  // empty with --dev
  bool dev = false;
  std::string data_dir = "signet-dev";  // of --dev
  uint16_t port = 8420;                 // of --dev; the console has the one after it
  uint32_t workers = 0;                 // of --dev; 0 = one per core
  std::string signer = "auto";          // of --dev, as in the file
  bool sealed = false;                  // start with the vault sealed
  std::string help;                     // the text, with kHelp
};

// parse_options reads argv; the error is wrong usage, for people.
std::expected<Options, std::string> parse_options(int argc, char** argv);

}  // namespace signet
