// signetd: the command line, and what the process needs before anything else.
#include <fmt/format.h>
#include <signal.h>

#include <cstdio>

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
  {
    signet::Server server(std::move(config), config_path);
    std::string error = server.start();
    code = error.empty() ? server.run() : fail(error);
  }
  signet::log_stop();
  return code;
}

int serve_file(const std::string& path) {
  auto config = signet::load_config(path);
  if (!config) {
    fmt::print(stderr, "{}\n", config.error());
    return kFailed;
  }
  return serve(std::move(*config), path);
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
  return options->dev ? serve(signet::dev_config(*options), "") : serve_file(options->config);
}
