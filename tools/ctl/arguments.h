// Arguments: the adapter around CLI11, the only file that knows it. A subcommand binds its options to variables, then
// parses; after a failure or --help it returns at once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/ctl/failure.h"

namespace signet::ctl {

// Not thread-safe. Bound variables must outlive parse(); those of options that were not given stay as they are.
class Arguments {
 public:
  // `usage` is how the command is called, "client add", and `help` its one line.
  Arguments(const std::string& usage, std::string help);
  ~Arguments();
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;

  void positional(const std::string& name, std::string& to, const std::string& help);
  void positional(const std::string& name, std::optional<std::string>& to, const std::string& help);  // may be absent
  // `value` names the argument in the help text: "SECONDS".
  void option(const std::string& name, const std::string& value, std::string& to, const std::string& help);
  void option(const std::string& name, const std::string& value, std::optional<std::string>& to,
              const std::string& help);
  // An option whose argument may be left out: then `to` is an empty text.
  void option_with_or_without(const std::string& name, const std::string& value, std::optional<std::string>& to,
                              const std::string& help);
  // A whole number within [smallest, largest]; anything else is wrong usage.
  void option(const std::string& name, const std::string& value, std::optional<uint64_t>& to, uint64_t smallest,
              uint64_t largest, const std::string& help);
  // May be repeated; each takes one value. Absent and given-but-empty are told apart by the optional.
  void list(const std::string& name, const std::string& value, std::optional<std::vector<std::string>>& to,
            const std::string& help);
  void flag(const std::string& name, bool& to, const std::string& help);
  // A pair of flags, --name and --no-name; the two together are wrong usage.
  void switch_pair(const std::string& name, std::optional<bool>& to, const std::string& help,
                   const std::string& no_help);

  // parse gives nothing when the command may go on. Otherwise a Failure: wrong usage, or --help, whose text is then the
  // help and whose exit status is kExitDone.
  std::optional<Failure> parse(const std::vector<std::string>& arguments);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace signet::ctl
