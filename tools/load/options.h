// The command line of signet-load.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "tools/load/request_set.h"
#include "tools/load/runner.h"

namespace signet::load {

struct Options {
  std::string url = "http://127.0.0.1:8420";
  std::string data_dir;
  std::string client;
  std::string secret_file;
  std::string clients_file;
  std::string scope;
  AuthMethod auth = AuthMethod::kBasic;
  bool allow_remote = false;
  bool json = false;
  LoadPlan plan;
};

// Why the program ends before anything ran: text and exit status (0 for --help and --version, 2 for wrong usage).
struct EarlyEnd {
  std::string text;
  int exit_status = 2;
};

// parse_options reads the arguments after the program's name. Start only; allocates.
std::expected<Options, EarlyEnd> parse_options(std::vector<std::string> arguments);

}  // namespace signet::load
