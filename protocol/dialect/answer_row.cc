#include "protocol/dialect/answer_row.h"

#include <fmt/format.h>

#include <algorithm>

#include "protocol/base/ascii_case.h"
#include "protocol/base/char_class.h"

namespace signet {
namespace {

constexpr CharClass kTokenCharacters = kAlphanumerics | CharClass("!#$%&'*+-.^_`|~");
constexpr CharClass kVisible = CharClass::range(0x20, 0x7E);
constexpr size_t kContentTypeSizeMax = 128;
constexpr size_t kErrorTextSizeMax = 256;
constexpr size_t kFieldNameSizeMax = 64;

// What frames a message, and what the daemon writes itself.
constexpr std::array<std::string_view, 13> kOwnFields{
    "allow",   "connection",        "content-length",   "content-type", "date",
    "host",    "keep-alive",        "proxy-connection", "retry-after",  "te",
    "trailer", "transfer-encoding", "upgrade"};

constexpr std::array<std::string_view, 4> kSuccessKeys{"status", "body", "headers", "content_type"};
constexpr std::array<std::string_view, 6> kErrorKeys{"status",       "body",  "headers",
                                                     "content_type", "error", "error_description"};

bool valid_content_type(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos || text.size() > kContentTypeSizeMax || !kVisible.contains_all(text))
    return false;
  const std::string_view subtype = text.substr(slash + 1, text.find_first_of("; ", slash) - slash - 1);
  return valid_field_name(text.substr(0, slash)) && valid_field_name(subtype) && !text.ends_with(' ');
}

void check_code(const TableReader& in, std::optional<LocatedText>& text) {
  // RFC 6749 section 5.2.
  constexpr CharClass kCode =
      CharClass::range(0x20, 0x21) | CharClass::range(0x23, 0x5B) | CharClass::range(0x5D, 0x7E);
  if (text && (text->text.empty() || text->text.size() > kErrorTextSizeMax || !kCode.contains_all(text->text))) {
    in.error("error", "expected 1 to 256 characters of ASCII without \" and \\");
    text.reset();
  }
}

void check_description(const TableReader& in, std::optional<LocatedText>& text) {
  const bool control = text && std::ranges::any_of(text->text, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  if (text && (control || text->text.size() > kErrorTextSizeMax)) {
    in.error("error_description", "expected at most 256 octets without control characters");
    text.reset();
  }
}

}  // namespace

bool valid_field_name(std::string_view name) {
  return !name.empty() && name.size() <= kFieldNameSizeMax && kTokenCharacters.contains_all(name);
}

void limit_captures(uint32_t captures_here, AnswerRow& row) {
  row.captures_here = captures_here;
  for (HeaderRow& header : row.headers) header.captures_here = captures_here;
}

bool ErrorRows::empty() const {
  return !fallback && std::ranges::none_of(rows, [](const auto& row) { return row.has_value(); });
}

std::vector<HeaderRow> read_header_rows(const TomlValue* table, const std::string& place, DialectProblems& problems) {
  std::vector<HeaderRow> rows;
  if (table == nullptr) return rows;
  std::vector<std::string> seen;
  for (const TomlMember& member : table->members) {
    const std::string name = lower_copy(member.name);
    auto refuse = [&](std::string_view text) {
      problems.error(member.line, fmt::format("{} \"{}\": {}", place, member.name.substr(0, kFieldNameSizeMax), text));
    };
    if (!valid_field_name(member.name)) {
      refuse("not the name of a header; allowed are 1 to 64 of A-Z a-z 0-9 and !#$%&'*+-.^_`|~");
    } else if (name == "content-type") {
      refuse("set content_type instead");
    } else if (std::ranges::find(kOwnFields, name) != kOwnFields.end()) {
      refuse("this header is the server's own");
    } else if (std::ranges::find(seen, name) != seen.end()) {
      refuse("stands twice; case does not tell headers apart");
    } else if (member.value.kind != TomlKind::kText) {
      refuse("expected a text");
    } else {
      rows.push_back({member.name, member.value.text, member.line});
    }
    seen.push_back(name);
  }
  return rows;
}

AnswerRow read_answer_row(const TomlValue* table, const std::string& place, AnswerRowKind kind,
                          DialectProblems& problems) {
  const bool success = kind == AnswerRowKind::kSuccess;
  const auto keys =
      success ? std::span<const std::string_view>(kSuccessKeys) : std::span<const std::string_view>(kErrorKeys);
  const TableReader in(table, place, kind == AnswerRowKind::kErrorDefault ? keys.first(4) : keys, problems);
  AnswerRow row;
  row.line = in.line();
  if (const auto status = in.integer("status", 200, success ? 299 : 599)) row.status = static_cast<int>(*status);
  row.body = in.text("body");
  row.content_type = in.text("content_type");
  if (row.content_type && !valid_content_type(row.content_type->text)) {
    in.error("content_type", "expected a type such as application/json");
    row.content_type.reset();
  }
  row.headers = read_header_rows(in.table("headers"), place + " headers", problems);
  if (kind != AnswerRowKind::kError) return row;
  row.error = in.text("error");
  check_code(in, row.error);
  row.error_description = in.text("error_description");
  check_description(in, row.error_description);
  return row;
}

ErrorRows read_error_rows(const TomlValue* table, const std::string& place, DialectProblems& problems) {
  ErrorRows out;
  if (table == nullptr) return out;
  std::vector<std::string_view> names{"default"};
  names.insert(names.end(), dialect_condition_names().begin(), dialect_condition_names().end());
  for (const TomlMember& member : table->members) {
    const std::string row_place = fmt::format("[{}.{}]", place, member.name.substr(0, kFieldNameSizeMax));
    const auto condition = find_dialect_condition(member.name);
    if (!condition && member.name != "default") {
      problems.error(member.line, fmt::format("[{}]: {}", place, unknown_name("condition", member.name, names)));
    } else if (member.value.kind != TomlKind::kTable) {
      problems.error(member.line, fmt::format("{}: expected a table with the row of this condition", row_place));
    } else if (condition) {
      out.rows[static_cast<size_t>(*condition)] =
          read_answer_row(&member.value, row_place, AnswerRowKind::kError, problems);
    } else {
      out.fallback = read_answer_row(&member.value, row_place, AnswerRowKind::kErrorDefault, problems);
    }
  }
  return out;
}

}  // namespace signet
