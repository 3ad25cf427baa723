// signetctl backup list, verify, restore: handed over to signetctl-offline, which is linked with the store.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "protocol/base/errno_text.h"
#include "tools/ctl/command.h"
#include "tools/ctl/commands.h"

namespace signet::ctl {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kProgram = "signetctl-offline";

// Beside signetctl where it was built, in ../libexec/signet where it is installed.
std::string find_program() {
  std::error_code ignored;
  const fs::path own = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const fs::path& place : {own, own / "../libexec/signet"}) {
    const fs::path path = (place / kProgram).lexically_normal();
    if (access(path.c_str(), X_OK) == 0) return path.string();
  }
  return {};
}

// Takes this process's place, so that signals, the terminal and the exit status are those of one program.
Outcome hand_over(const Call& call) {
  const std::string path = find_program();
  if (path.empty()) {
    return std::unexpected(
        Failure{fmt::format("{} is neither beside signetctl nor in ../libexec/signet: it is built and installed "
                            "with signetctl, and does what needs no daemon",
                            kProgram)});
  }
  std::vector<std::string> words = call.command_line();
  words.insert(words.begin(), "signetctl");
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  execv(path.c_str(), argv.data());
  return std::unexpected(Failure{fmt::format("{}: cannot be run: {}", path, errno_text(errno))});
}

}  // namespace

Outcome backup_list(Call& call) { return hand_over(call); }
Outcome backup_verify(Call& call) { return hand_over(call); }
Outcome backup_restore(Call& call) { return hand_over(call); }

}  // namespace signet::ctl
