#include "tools/ctl/arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <charconv>
#include <string_view>
#include <utility>

namespace signet::ctl {
namespace {

// Stands before a value that CLI11 would take for an option. No argument of a user begins with it and a hyphen.
constexpr char kValueMark = '\x01';
constexpr size_t kThumbprintSize = 43;  // characters of a key id (RFC 7638, SHA-256)

bool is_base64url(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_'; }

// Key ids, token ids and client ids may begin with hyphens. -h is the only short option, and no option is as long as a
// key id.
bool is_value(std::string_view argument) {
  if (!argument.starts_with('-') || argument == "-" || argument == "-h") return false;
  if (!argument.starts_with("--")) return true;
  return argument.size() == kThumbprintSize && std::ranges::all_of(argument, is_base64url);
}

}  // namespace

struct Arguments::Implementation {
  Implementation(const std::string& usage, std::string help) : app(std::move(help), "signetctl " + usage) {
    app.set_help_flag("-h,--help", "Show this help");
    app.option_defaults()->always_capture_default(false);
  }

  CLI::Option* add(const std::string& name, const std::string& value, const std::string& help,
                   CLI::callback_t callback) {
    const auto unmarked = [callback = std::move(callback)](CLI::results_t values) {
      for (std::string& text : values) {
        if (text.starts_with(kValueMark)) text.erase(0, 1);
      }
      return callback(values);
    };
    CLI::Option* option = app.add_option(name, unmarked, help);
    option->type_name(value);
    option->expected(1);
    return option;
  }

  CLI::App app;
  std::vector<std::string> with_or_without;                  // names of options that need no argument
  std::vector<std::pair<CLI::Option*, CLI::Option*>> pairs;  // options of `app` that must not be given together
};

Arguments::Arguments(const std::string& usage, std::string help)
    : implementation_(std::make_unique<Implementation>(usage, std::move(help))) {}

Arguments::~Arguments() = default;

void Arguments::positional(const std::string& name, std::string& to, const std::string& help) {
  implementation_
      ->add(name, "", help,
            [&to](const CLI::results_t& values) {
              to = values.front();
              return true;
            })
      ->required();
}

void Arguments::positional(const std::string& name, std::optional<std::string>& to, const std::string& help) {
  implementation_->add(name, "", help, [&to](const CLI::results_t& values) {
    to = values.front();
    return true;
  });
}

void Arguments::option(const std::string& name, const std::string& value, std::string& to, const std::string& help) {
  implementation_->add(name, value, help, [&to](const CLI::results_t& values) {
    to = values.front();
    return true;
  });
}

void Arguments::option(const std::string& name, const std::string& value, std::optional<std::string>& to,
                       const std::string& help) {
  implementation_->add(name, value, help, [&to](const CLI::results_t& values) {
    to = values.front();
    return true;
  });
}

void Arguments::option_with_or_without(const std::string& name, const std::string& value,
                                       std::optional<std::string>& to, const std::string& help) {
  option(name, "[" + value + "]", to, help);
  implementation_->with_or_without.push_back(name);
}

void Arguments::option(const std::string& name, const std::string& value, std::optional<uint64_t>& to,
                       uint64_t smallest, uint64_t largest, const std::string& help) {
  implementation_->add(name, value, help, [&to, name, smallest, largest](const CLI::results_t& values) {
    const std::string& text = values.front();
    uint64_t number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc{} && stop == text.data() + text.size() && !text.empty();
    if (!whole || number < smallest || number > largest) {
      throw CLI::ValidationError(name, fmt::format("expected a whole number from {} to {}", smallest, largest));
    }
    to = number;
    return true;
  });
}

void Arguments::list(const std::string& name, const std::string& value, std::optional<std::vector<std::string>>& to,
                     const std::string& help) {
  CLI::Option* option = implementation_->add(name, value, help, [&to](const CLI::results_t& values) {
    to = values;
    return true;
  });
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  option->allow_extra_args(false);
}

void Arguments::flag(const std::string& name, bool& to, const std::string& help) {
  implementation_->app.add_flag_callback(name, [&to] { to = true; }, help);
}

void Arguments::switch_pair(const std::string& name, std::optional<bool>& to, const std::string& help,
                            const std::string& no_help) {
  CLI::Option* yes = implementation_->app.add_flag_callback("--" + name, [&to] { to = true; }, help);
  CLI::Option* no = implementation_->app.add_flag_callback("--no-" + name, [&to] { to = false; }, no_help);
  implementation_->pairs.emplace_back(yes, no);
}

std::optional<Failure> Arguments::parse(const std::vector<std::string>& arguments) {
  std::vector<std::string> reversed;  // CLI11 takes them so
  for (auto argument = arguments.rbegin(); argument != arguments.rend(); ++argument) {
    // CLI11 would take the next option for the argument that was left out.
    const bool last = reversed.empty() || reversed.back().starts_with("--");
    const auto& optional = implementation_->with_or_without;
    if (last && std::ranges::find(optional, *argument) != optional.end()) reversed.emplace_back(1, kValueMark);
    reversed.push_back(is_value(*argument) ? kValueMark + *argument : *argument);
  }
  CLI::App& app = implementation_->app;
  try {
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    return Failure{app.help(), kExitDone};
  } catch (const CLI::ParseError& error) {
    std::string what = error.what();
    std::erase(what, kValueMark);
    return usage_failure(fmt::format("{}\nTry `{} --help`.", what, app.get_name()));
  }
  for (const auto& [yes, no] : implementation_->pairs) {
    if (yes->count() != 0 && no->count() != 0) {
      return usage_failure(fmt::format("give {} or {}, not both", yes->get_name(), no->get_name()));
    }
  }
  return std::nullopt;
}

}  // namespace signet::ctl
