#include "protocol/dialect/toml_tree.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>

#include "protocol/base/toml_octets.h"
#include "protocol/base/utf8.h"

namespace signet {
namespace {

TomlValue convert(const toml::node& node) {
  TomlValue value;
  value.line = node.source().begin.line;
  if (const auto* text = node.as_string()) {
    value.kind = TomlKind::kText;
    value.text = text->get();
  } else if (const auto* integer = node.as_integer()) {
    value.kind = TomlKind::kInteger;
    value.integer = integer->get();
  } else if (const auto* boolean = node.as_boolean()) {
    value.kind = TomlKind::kBoolean;
    value.boolean = boolean->get();
  } else if (const auto* array = node.as_array()) {
    value.kind = TomlKind::kArray;
    value.elements.reserve(array->size());
    for (const toml::node& element : *array) value.elements.push_back(convert(element));
  } else if (const auto* table = node.as_table()) {
    value.kind = TomlKind::kTable;
    value.members.reserve(table->size());
    for (const auto& [name, member] : *table) {
      value.members.push_back({std::string(name.str()), name.source().begin.line, convert(member)});
    }
    // The library's order is that of the names.
    std::ranges::stable_sort(value.members, {}, &TomlMember::line);
  }
  return value;
}

}  // namespace

const TomlMember* TomlValue::find(std::string_view name) const {
  const auto at = std::ranges::find(members, name, &TomlMember::name);
  return at == members.end() ? nullptr : &*at;
}

std::expected<TomlValue, TomlError> parse_toml(std::string_view text) {
  if (const size_t good = valid_utf8_prefix(text); good != text.size()) {
    return std::unexpected(TomlError{static_cast<uint32_t>(1 + std::ranges::count(text.substr(0, good), '\n')),
                                     "not TOML: an octet that is not UTF-8"});
  }
  if (const size_t line = stray_octet_line(text); line != 0) {
    return std::unexpected(
        TomlError{static_cast<uint32_t>(line), "not TOML: a quote, or an octet outside ASCII, where neither may be"});
  }
  try {
    return convert(toml::parse(text));
  } catch (const toml::parse_error& error) {
    return std::unexpected(TomlError{error.source().begin.line, fmt::format("not TOML: {}", error.description())});
  }
}

}  // namespace signet
