#include "daemon/dialect/dialect_load.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string_view>

#include "daemon/dialect/handlers.h"
#include "protocol/dialect/shipped.h"

namespace signet {
namespace {

constexpr std::string_view kSuffix = ".toml";

struct Source {
  std::string file;
  std::string text;
};

using Sources = std::map<std::string, Source>;  // by the file's name without suffix

std::string stem_of(std::string_view file) { return std::string(file.substr(0, file.size() - kSuffix.size())); }

// One mistake a line.
class Mistakes {
 public:
  void add(std::string_view text) { (text_.empty() ? text_ : text_.append("\n")).append(text); }
  bool any() const { return !text_.empty(); }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string shipped_names() {
  std::string names;
  for (const ShippedDialect& one : shipped_dialects()) {
    if (!names.empty()) names.append(", ");
    names.append(stem_of(one.file));
  }
  return names;
}

void add_shipped(const std::vector<std::string>& wanted, Sources& sources, Mistakes& mistakes) {
  for (const std::string& name : wanted) {
    bool found = false;
    for (const ShippedDialect& one : shipped_dialects()) {
      if (name != "*" && name != stem_of(one.file)) continue;
      sources[stem_of(one.file)] = {std::string(one.file), std::string(one.text)};
      found = true;
    }
    if (!found) mistakes.add(fmt::format("dialects: there is no `{}`; Signet brings {}", name, shipped_names()));
  }
}

void add_directory(const DialectChoice& choice, Sources& sources, Mistakes& mistakes) {
  if (choice.directory.empty()) return;
  std::error_code error;
  std::filesystem::directory_iterator at(choice.directory, error);
  if (error) {
    if (choice.directory_may_be_missing && error == std::errc::no_such_file_or_directory) return;
    return mistakes.add(
        fmt::format("{}: the directory of dialects cannot be read: {}", choice.directory, error.message()));
  }
  for (const auto& entry : at) {
    const std::string file = entry.path().filename().string();
    if (!file.ends_with(kSuffix) || file.starts_with(".")) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) {
      mistakes.add(fmt::format("{}: cannot be read", entry.path().string()));
      continue;
    }
    sources[stem_of(file)] = {entry.path().string(), std::move(text).str()};
  }
}

struct Caution {
  std::string_view name;  // of a switch
  std::string_view text;
};
constexpr Caution kCautions[] = {
    {"short_keys", "signs with secrets shorter than their hash (RFC 7518 section 3.2): they can be guessed"},
    {"sandbox", "gives a key to whoever names a client"},
    {"sign_with_caller_key", "signs with whatever key its callers send"},
};

// The switches that are set for one dialect, without its name before them.
std::vector<std::pair<std::string, bool>> switches_of(const DialectChoice& choice, const std::string& name) {
  std::vector<std::pair<std::string, bool>> own;
  const std::string prefix = name + ".";
  for (const auto& [key, on] : choice.switches) {
    if (key.starts_with(prefix)) own.emplace_back(key.substr(prefix.size()), on);
  }
  return own;
}

void check_switches(const DialectChoice& choice, const Sources& sources, Mistakes& mistakes) {
  for (const auto& [key, on] : choice.switches) {
    const std::string name = key.substr(0, key.find('.'));
    if (!sources.contains(name)) {
      mistakes.add(fmt::format("dialect_switches: `{}` is of a dialect that is not served", key));
    }
  }
}

}  // namespace

std::expected<ReadDialect, std::vector<DialectProblem>> compile_dialect(
    std::string_view text, std::string_view file, std::span<const std::pair<std::string, bool>> switches) {
  std::vector<std::string_view> handlers;
  for (const DialectHandlerEntry& entry : dialect_handlers()) handlers.push_back(entry.name);
  auto read = read_dialect(text, file, {.switches = switches, .handlers = handlers});
  if (!read) return read;
  for (const Caution& caution : kCautions) {
    for (const DialectSwitch& one : read->dialect.switches) {
      if (!one.on || one.name != caution.name) continue;
      read->warnings.push_back(
          {std::string(file), 0, fmt::format("the switch {} is on: it {}", one.name, caution.text)});
    }
  }
  return read;
}

std::expected<LoadedDialects, std::string> load_dialects(const DialectChoice& choice) {
  Mistakes mistakes;
  Sources sources;
  add_shipped(choice.shipped, sources, mistakes);
  add_directory(choice, sources, mistakes);
  check_switches(choice, sources, mistakes);
  LoadedDialects loaded;
  std::vector<std::unique_ptr<const Dialect>> dialects;
  for (const auto& [name, source] : sources) {
    const auto switches = switches_of(choice, name);
    auto read = compile_dialect(source.text, source.file, switches);
    if (!read) {
      for (const DialectProblem& problem : read.error()) mistakes.add(describe(problem));
      continue;
    }
    if (read->dialect.name != name) {
      mistakes.add(fmt::format("{}: the dialect `{}` must be in a file of that name", source.file, read->dialect.name));
    }
    for (const DialectProblem& warning : read->warnings) loaded.warnings.push_back(describe(warning));
    dialects.push_back(std::make_unique<const Dialect>(std::move(read->dialect)));
  }
  if (mistakes.any()) return std::unexpected(mistakes.text());
  auto set = DialectSet::build(std::move(dialects));
  if (!set) {
    for (const std::string& text : set.error()) mistakes.add(text);
    return std::unexpected(mistakes.text());
  }
  loaded.set = std::move(*set);
  return loaded;
}

}  // namespace signet
