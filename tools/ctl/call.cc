#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "tools/ctl/command.h"
#include "tools/ctl/socket_path.h"
#include "tools/ctl/terminal_text.h"

namespace signet::ctl {

Call::Call(const Command& command, Streams streams, GlobalOptions globals, std::vector<std::string> arguments)
    : command_(command), streams_(streams), globals_(std::move(globals)), arguments_(std::move(arguments)) {}

Arguments Call::new_arguments() const {
  const std::string name =
      command_.verb.empty() ? std::string(command_.noun) : fmt::format("{} {}", command_.noun, command_.verb);
  return Arguments(name, std::string(command_.help));
}

std::optional<Failure> Call::parse(Arguments& arguments) {
  std::optional<std::string> socket;
  std::optional<std::string> data_dir;
  arguments.option("--socket", "PATH", socket, "Admin socket of the daemon");
  arguments.option("--data-dir", "DIR", data_dir, "Data directory of the daemon; its socket is DIR/admin.sock");
  arguments.flag("--json", globals_.json, "Print JSON for programs");
  if (auto stop = arguments.parse(arguments_)) return stop;
  if (socket) globals_.socket = socket;
  if (data_dir) globals_.data_dir = data_dir;
  if (globals_.socket && globals_.data_dir) return usage_failure("give --socket or --data-dir, not both");
  return std::nullopt;
}

std::vector<std::string> Call::command_line() const {
  std::vector<std::string> words;
  if (globals_.json) words.emplace_back("--json");
  if (globals_.socket) words.insert(words.end(), {"--socket", *globals_.socket});
  if (globals_.data_dir) words.insert(words.end(), {"--data-dir", *globals_.data_dir});
  words.emplace_back(command_.noun);
  if (!command_.verb.empty()) words.emplace_back(command_.verb);
  words.insert(words.end(), arguments_.begin(), arguments_.end());
  return words;
}

AdminClient& Call::admin() {
  if (!admin_) {
    std::string path = globals_.socket     ? *globals_.socket
                       : globals_.data_dir ? socket_in_data_dir(*globals_.data_dir)
                                           : default_socket_path();
    admin_ = std::make_unique<AdminClient>(std::move(path));
  }
  return *admin_;
}

void Call::print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), streams_.out); }

void Call::print_json(std::string_view json) {
  print(json);
  print("\n");
}

void Call::note(std::string_view text) {
  const std::string line = escape_lines(text) + "\n";
  std::fwrite(line.data(), 1, line.size(), streams_.err);
}

bool Call::interactive() const { return isatty(fileno(streams_.in)) == 1 && isatty(fileno(streams_.err)) == 1; }

bool Call::confirm(std::string_view question) {
  if (!interactive()) return true;
  const std::string text = escape_for_terminal(question) + " [y/N] ";
  std::fwrite(text.data(), 1, text.size(), streams_.err);
  std::fflush(streams_.err);
  std::array<char, 16> line{};
  if (std::fgets(line.data(), line.size(), streams_.in) == nullptr) return false;
  const std::string_view answer = line.data();
  return answer == "y\n" || answer == "Y\n" || answer == "yes\n";
}

}  // namespace signet::ctl
