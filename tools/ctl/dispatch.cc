#include "tools/ctl/dispatch.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "protocol/base/nearest.h"
#include "tools/ctl/terminal_text.h"

namespace signet::ctl {
namespace {

constexpr std::string_view kUsage =
    "Usage: signetctl [--socket PATH | --data-dir DIR] [--json] NOUN VERB [OPTIONS]\n"
    "       signetctl NOUN VERB --help\n";

std::string overview(std::string_view noun) {
  std::string text(kUsage);
  text += "\nCommands:\n";
  for (const Command& command : all_commands()) {
    if (!noun.empty() && command.noun != noun) continue;
    fmt::format_to(std::back_inserter(text), "  {:<22} {}\n", fmt::format("{} {}", command.noun, command.verb),
                   command.help);
  }
  text +=
      "\nThe admin socket is $SIGNET_SOCKET, else ./signet-dev/admin.sock when it exists, else "
      "/var/lib/signetd/admin.sock.\nExit status: 0 done, 1 refused or failed, 2 wrong usage.\n";
  return text;
}

Failure unknown(std::string_view what, std::string_view name, const std::vector<std::string_view>& known) {
  std::string text = fmt::format("unknown {} `{}`", what, name);
  const std::string_view nearest = likely_name(name, known);
  if (!nearest.empty()) text += fmt::format("; did you mean `{}`?", nearest);
  return usage_failure(text + "\nTry `signetctl --help`.");
}

// The value of `--name VALUE` or `--name=VALUE` at `at`, which moves past it; nothing when another argument is there.
std::optional<std::string> take_value(const std::vector<std::string>& arguments, size_t& at, std::string_view name) {
  const std::string& argument = arguments[at];
  if (argument.starts_with(name) && argument.substr(name.size()).starts_with('=')) {
    ++at;
    return argument.substr(name.size() + 1);
  }
  if (argument != name || at + 1 >= arguments.size()) return std::nullopt;
  at += 2;
  return arguments[at - 1];
}

// Reads the options before the noun and leaves `at` at the noun.
std::expected<GlobalOptions, Failure> read_globals(const std::vector<std::string>& arguments, size_t& at) {
  GlobalOptions globals;
  while (at < arguments.size() && arguments[at].starts_with('-')) {
    if (arguments[at] == "--json") {
      globals.json = true;
      ++at;
    } else if (arguments[at] == "--help" || arguments[at] == "-h") {
      return std::unexpected(Failure{overview({}), kExitDone});
    } else if (arguments[at] == "--version") {
      return std::unexpected(Failure{"signetctl " SIGNET_VERSION "\n", kExitDone});
    } else if (auto socket = take_value(arguments, at, "--socket")) {
      globals.socket = std::move(socket);
    } else if (auto data_dir = take_value(arguments, at, "--data-dir")) {
      globals.data_dir = std::move(data_dir);
    } else {
      return std::unexpected(unknown("option, or option without its value,", arguments[at],
                                     {"--socket", "--data-dir", "--json", "--help", "--version"}));
    }
  }
  return globals;
}

// Finds the command at `at` and leaves `at` behind it.
std::expected<const Command*, Failure> find_command(const std::vector<std::string>& arguments, size_t& at) {
  if (at == arguments.size()) return std::unexpected(usage_failure("no command given\n" + overview({})));
  const std::string& noun = arguments[at++];
  std::vector<std::string_view> nouns;
  std::vector<std::string_view> verbs;
  for (const Command& command : all_commands()) {
    nouns.push_back(command.noun);
    if (command.noun != noun) continue;
    if (command.verb.empty()) return &command;
    if (at < arguments.size() && command.verb == arguments[at]) {
      ++at;
      return &command;
    }
    verbs.push_back(command.verb);
  }
  if (verbs.empty()) return std::unexpected(unknown("command", noun, nouns));
  if (at == arguments.size()) {
    return std::unexpected(usage_failure(fmt::format("`{}` needs a verb\n{}", noun, overview(noun))));
  }
  if (arguments[at] == "--help" || arguments[at] == "-h") {
    return std::unexpected(Failure{overview(noun), kExitDone});
  }
  return std::unexpected(unknown(fmt::format("verb of `{}`:", noun), arguments[at], verbs));
}

Outcome run(const std::vector<std::string>& arguments, const Streams& streams) {
  size_t at = 0;
  auto globals = read_globals(arguments, at);
  if (!globals) return std::unexpected(globals.error());
  const auto command = find_command(arguments, at);
  if (!command) return std::unexpected(command.error());
  std::vector<std::string> rest(arguments.begin() + static_cast<std::ptrdiff_t>(at), arguments.end());
  Call call(**command, streams, *std::move(globals), std::move(rest));
  return (*command)->run(call);
}

}  // namespace

int run_signetctl(const std::vector<std::string>& arguments, const Streams& streams) {
  const Outcome outcome = run(arguments, streams);
  int status = kExitDone;
  if (!outcome) {
    status = outcome.error().exit_status;
    const bool help = status == kExitDone;
    std::string text = (help ? "" : "signetctl: ") + escape_lines(outcome.error().text);
    if (!text.ends_with('\n')) text += '\n';
    std::fwrite(text.data(), 1, text.size(), help ? streams.out : streams.err);
  }
  // A full disk or a closed pipe behind stdout: the result did not arrive, so it is no success.
  const bool written = std::fflush(streams.out) == 0 && std::ferror(streams.out) == 0;
  if (!written && status == kExitDone) {
    std::fputs("signetctl: the result could not be written to stdout\n", streams.err);
    return kExitFailed;
  }
  return status;
}

}  // namespace signet::ctl
