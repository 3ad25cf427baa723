// Commands of signetctl: one function per NOUN VERB, listed in one table, and what such a function gets.
#pragma once

#include <cstdio>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/ctl/admin_client.h"
#include "tools/ctl/arguments.h"
#include "tools/ctl/failure.h"

namespace signet::ctl {

class Call;

// Nothing on success. A Failure of kExitDone is a help text.
using Outcome = std::expected<void, Failure>;

struct Command {
  std::string_view noun;
  std::string_view verb;  // empty: the noun stands alone
  Outcome (*run)(Call&);
  std::string_view help;  // one line
};

// All commands, ordered by noun as the help shows them. Static storage.
std::span<const Command> all_commands();

// Borrowed streams; tests give their own.
struct Streams {
  std::FILE* in = nullptr;
  std::FILE* out = nullptr;
  std::FILE* err = nullptr;
};

// Options that stand before the noun, or anywhere after the verb.
struct GlobalOptions {
  std::optional<std::string> socket;
  std::optional<std::string> data_dir;
  bool json = false;
};

// One invocation of one command. Not thread-safe.
class Call {
 public:
  Call(const Command& command, Streams streams, GlobalOptions globals, std::vector<std::string> arguments);

  // An argument parser that knows this command's name and help.
  Arguments new_arguments() const;
  // Adds the global options, then parses; see Arguments::parse.
  std::optional<Failure> parse(Arguments& arguments);

  bool json() const { return globals_.json; }
  // For the commands that do not speak with a running daemon. Complete after parse.
  const GlobalOptions& globals() const { return globals_; }
  const Streams& streams() const { return streams_; }
  // The command line that leads to this call, without the program's name. Before parse.
  std::vector<std::string> command_line() const;
  // The admin connection, made at first use.
  AdminClient& admin();

  // print writes a result to stdout as it is: data in it must have been escaped (Table does).
  void print(std::string_view text);
  // print_json writes one JSON text and a line feed to stdout.
  void print_json(std::string_view json);
  // note writes a line to stderr, escaped.
  void note(std::string_view text);
  // Whether a person sits at both ends, so that questions make sense.
  bool interactive() const;
  // confirm asks on stderr and reads a line: true for y or yes. True without asking when not interactive.
  bool confirm(std::string_view question);

 private:
  const Command& command_;
  Streams streams_;
  GlobalOptions globals_;
  std::vector<std::string> arguments_;
  std::unique_ptr<AdminClient> admin_;
};

}  // namespace signet::ctl
