// The command line of signet-load.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "tools/load/picker.h"
#include "tools/load/request_set.h"
#include "tools/load/runner.h"

namespace signet::load {

enum class Scenario : uint8_t { kToken, kRefresh, kIntrospect, kVerify, kMixed };

// Weights of the parts of `mixed`, by Scenario; 0 = not part of it.
struct Mix {
  double token = 1;
  double refresh = 1;
  double introspect = 4;
  double verify = 4;
};

struct Options {
  Scenario scenario = Scenario::kToken;
  std::string url = "http://127.0.0.1:8420";
  std::string path;  // of the endpoint, when it is not where Signet has it
  std::string data_dir;
  std::string socket;  // admin socket
  std::string client;
  std::string secret_file;
  std::string clients_file;
  std::string rs;
  std::string rs_secret_file;
  std::string tokens_file;
  std::string refresh_tokens_file;
  std::string scope;
  std::string audience;
  Distribution distribution = Distribution::kZipf;
  size_t tokens = 0;  // 0 = as many as the distribution needs
  size_t batch = 0;   // tokens of one introspection; 0 = single ones
  Mix mix;
  double revocations_per_s = 0;
  AuthMethod auth = AuthMethod::kBasic;
  bool allow_remote = false;
  bool json = false;
  LoadPlan plan;

  // Whether a part of the run is of that kind.
  bool has(Scenario part) const;
  bool checks_tokens() const { return has(Scenario::kIntrospect) || has(Scenario::kVerify); }
};

// Why the program ends before anything ran: text and exit status (0 for --help and --version, 2 for wrong usage).
struct EarlyEnd {
  std::string text;
  int exit_status = 2;
};

// parse_options reads the arguments after the program's name. Start only; allocates.
std::expected<Options, EarlyEnd> parse_options(std::vector<std::string> arguments);

// parse_mix reads "token=1,introspect=9": weights of the scenarios named, the others are left out. Errors are sentence
// parts.
std::expected<Mix, std::string> parse_mix(std::string_view text);

// complete_options fills in what follows from other options and refuses combinations that make no sense; `given` are
// the names of the options on the command line. Gives the refusal, empty when all is well.
std::string complete_options(Options& options, const std::vector<std::string>& given);

}  // namespace signet::load
