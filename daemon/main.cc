// signetd: the command line, and what the process needs before anything else.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "daemon/config.h"
#include "daemon/dev_mode.h"
#include "daemon/dialect_start.h"
#include "daemon/log.h"
#include "daemon/options.h"
#include "daemon/server.h"
#include "daemon/version.h"
#include "keystore/signing/private_key.h"
#include "keystore/vault/vault.h"
#include "protocol/base/digest.h"

namespace {

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;
constexpr int kCannotSeal = 3;  // the unit does not start it again: that would open the vault
constexpr int kSealAgain = -1;  // no exit status: the program starts again, sealed

int fail(std::string_view text) {
  fmt::print(stderr, "signetd: {}\n", text);
  return kFailed;
}

int check_config(const std::string& path) {
  auto config = signet::load_config(path);
  if (!config) {
    fmt::print(stderr, "{}\n", config.error());
    return kFailed;
  }
  auto dialects = signet::load_dialects(signet::dialect_choice(*config));
  if (!dialects) {
    fmt::print(stderr, "{}\n", dialects.error());
    return kFailed;
  }
  for (const std::string& warning : dialects->warnings) fmt::print(stderr, "warning: {}\n", warning);
  fmt::print("ok\n");
  return 0;
}

// Before the first thread and the first secret.
std::string prepare_process() {
  ::signal(SIGPIPE, SIG_IGN);
  if (!signet::protect_process()) return "the process cannot be kept from dumping core, where keys would be in clear";
  if (!signet::digest_start()) return "the hashing library does not start";
  if (!signet::signing_start()) return fmt::format("{}", signet::signing_start_failure());
  return {};
}

int serve(signet::Config config, const std::string& config_path) {
  if (std::string error = prepare_process(); !error.empty()) return fail(error);
  signet::log_start(config.log_level);
  int code = 0;
  bool sealed_again = false;
  {
    signet::Server server(std::move(config), config_path);
    std::string error = server.start();
    code = error.empty() ? server.run() : fail(error);
    sealed_again = server.sealing();  // after a failure too: whoever sealed it meant it
  }
  signet::log_stop();
  return sealed_again ? kSealAgain : code;
}

// A new program in this process: nothing of what was in its memory is left, keys and all that a library may have copied
// of them. The service manager sees the same process.
int seal_again(std::vector<std::string> arguments) {
  if (std::ranges::find(arguments, "--sealed") == arguments.end()) arguments.emplace_back("--sealed");
  std::vector<char*> raw;
  for (std::string& argument : arguments) raw.push_back(argument.data());
  raw.push_back(nullptr);
  ::execv("/proc/self/exe", raw.data());
  fail("the sealed daemon cannot be started: the process ends, and starts sealed only with --sealed");
  return kCannotSeal;
}

int serve_file(const signet::Options& options) {
  auto config = signet::load_config(options.config);
  if (!config) {
    fmt::print(stderr, "{}\n", config.error());
    return kFailed;
  }
  config->start_sealed = options.sealed;
  return serve(std::move(*config), options.config);
}

}  // namespace

int main(int argc, char** argv) {
  auto options = signet::parse_options(argc, argv);
  if (!options) {
    fmt::print(stderr, "signetd: {}\nRun signetd --help for usage.\n", options.error());
    return kWrongUsage;
  }
  switch (options->action) {
    case signet::Action::kHelp:
      return fmt::print("{}", options->help), 0;
    case signet::Action::kVersion:
      return fmt::print("signetd {}\n", signet::signet_version()), 0;
    case signet::Action::kConfigReference:
      return fmt::print("{}", signet::config_reference()), 0;
    case signet::Action::kCheckConfig:
      return check_config(options->config);
    case signet::Action::kServe:
      break;
  }
  const int code = options->dev ? serve(signet::dev_config(*options), "") : serve_file(*options);
  return code == kSealAgain ? seal_again({argv, argv + argc}) : code;
}
