#include "daemon/options.h"

#include <CLI/CLI.hpp>

namespace signet {
namespace {

std::string usage_error(const Options& options, const CLI::App& app) {
  bool serves = options.action == Action::kServe || options.action == Action::kCheckConfig;
  if (!serves) return {};
  if (options.dev == !options.config.empty()) return "give either --config FILE or --dev";
  if (options.action == Action::kCheckConfig && options.dev) return "--check-config takes --config FILE";
  for (const char* name : {"--data-dir", "--port", "--workers", "--signer"}) {
    if (!options.dev && app.count(name) > 0) return std::string(name) + " goes with --dev; set it in the file instead";
  }
  return {};
}

}  // namespace

std::expected<Options, std::string> parse_options(int argc, char** argv) {
  Options options;
  CLI::App app("signetd issues API tokens for machines.");
  bool check = false, version = false, reference = false;
  app.add_option("--config", options.config, "Configuration file (TOML)")->type_name("FILE");
  app.add_flag("--check-config", check, "Read the configuration, print \"ok\" or every mistake, and end");
  app.add_flag("--version", version, "Print the version and end");
  app.add_flag("--config-reference", reference, "Print the documentation of every configuration key and end");
  app.add_flag("--dev", options.dev, "Serve on loopback with keys and demo clients of its own");
  app.add_option("--data-dir", options.data_dir, "Data directory of --dev")->type_name("DIR")->capture_default_str();
  app.add_option("--port", options.port, "Port of --dev; the console has the one after it")
      ->type_name("N")
      ->check(CLI::Range(1, 65534))
      ->capture_default_str();
  app.add_option("--workers", options.workers, "Workers of --dev; 0 is one per core")
      ->type_name("N")
      ->check(CLI::Range(0, 256));
  app.add_option("--signer", options.signer, "Signer of --dev, as in the configuration file")
      ->type_name("auto|portable")
      ->check(CLI::IsMember({"auto", "portable"}));
  app.add_flag("--sealed", options.sealed, "Start with the vault sealed, and wait for signetctl vault unseal or init");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    options.action = Action::kHelp;
    options.help = app.help();
    return options;
  } catch (const CLI::ParseError& error) {
    return std::unexpected(std::string(error.what()));
  }
  if (check) options.action = Action::kCheckConfig;
  if (reference) options.action = Action::kConfigReference;
  if (version) options.action = Action::kVersion;
  if (std::string error = usage_error(options, app); !error.empty()) return std::unexpected(error);
  return options;
}

}  // namespace signet
