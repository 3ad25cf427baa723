#include <fmt/format.h>

#include <iterator>

#include "daemon/config.h"
#include "daemon/config_table.h"

namespace signet {
namespace {

constexpr std::string_view kHead = R"(# Configuration of signetd

`signetd --config FILE` reads TOML; `--check-config` reads it, prints `ok` or every mistake with its line, and ends.
A key that is not listed here is an error. On SIGHUP the file is read again: keys marked "SIGHUP: yes" take effect, a
change of another one is logged and waits for a restart, and a file with a mistake changes nothing.

The least that works:

```toml
data_dir = "/var/lib/signetd"
issuer = "https://tokens.example"
```

This page is the output of `signetd --config-reference`; the table in `config_table.cc` makes it and the parser.
)";

std::string_view type_name(const ConfigPlace& place) {
  constexpr std::string_view kNames[] = {"text", "list of texts", "integer", "level", "integer", "integer"};
  static_assert(std::variant_size_v<ConfigPlace> == std::size(kNames));
  return kNames[place.index()];
}

std::string default_text(const ConfigKey& key) {
  return key.default_text.empty() ? "`" + config_value_text(key, Config{}) + "`" : std::string(key.default_text);
}

void append_key(const ConfigKey& key, std::string& out) {
  auto to = std::back_inserter(out);
  fmt::format_to(to, "\n### `{}`\n\n{}\n\n", key.full_name(), key.doc);
  fmt::format_to(to, "- Type: {}", type_name(key.place));
  if (key.max > 0) fmt::format_to(to, ", {} to {}", key.min, key.max);
  if (!key.unit.empty()) fmt::format_to(to, " ({})", key.unit);
  fmt::format_to(to, "\n- Default: {}\n- Cost: {}\n- SIGHUP: {}\n", default_text(key), key.cost,
                 key.reloadable ? "yes" : "no");
}

}  // namespace

std::string config_reference() {
  std::string out(kHead);
  std::string_view section = "?";
  for (const ConfigKey& key : config_keys()) {
    if (key.section != section) {
      section = key.section;
      out += section.empty() ? "\n## Top level\n" : fmt::format("\n## `[{}]`\n", section);
    }
    append_key(key, out);
  }
  return out;
}

}  // namespace signet
