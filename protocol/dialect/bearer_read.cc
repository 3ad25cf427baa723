#include "protocol/dialect/bearer_read.h"

#include <fmt/format.h>

#include <array>

#include "protocol/base/char_class.h"
#include "protocol/dialect/answer_row.h"

namespace signet {
namespace {

constexpr std::array<std::string_view, 4> kKeys{"headers", "scheme", "scheme_case_sensitive", "query"};
constexpr std::array<std::string_view, 2> kHeaderKeys{"name", "scheme"};
constexpr size_t kHeadersMax = 4;
constexpr size_t kQuerySizeMax = 64;

std::string read_scheme(const TableReader& in, std::string absent) {
  const auto scheme = in.text("scheme");
  if (!scheme) return absent;
  if (!scheme->text.empty() && !valid_field_name(scheme->text)) {
    in.error("scheme", "expected one word such as Bearer, or \"\" for the raw token");
  }
  return scheme->text;
}

void read_header(const TomlValue& value, const TableReader& in, const std::string& scheme, DialectBearer& out) {
  DialectBearerHeader header{.name = {}, .scheme = scheme};
  if (value.kind == TomlKind::kText) {
    header.name = value.text;
  } else if (value.kind == TomlKind::kTable) {
    const TableReader table(&value, "[bearer] headers", kHeaderKeys, in.problems());
    header.name = table.text("name").value_or(LocatedText{}).text;
    header.scheme = read_scheme(table, scheme);
  }
  if (!valid_field_name(header.name)) {
    in.error_at(value.line, "headers", "expected the name of a header, or { name = \"...\", scheme = \"...\" }");
  }
  out.headers.push_back(std::move(header));
}

}  // namespace

DialectBearer read_bearer(const TomlValue* table, DialectProblems& problems) {
  const TableReader in(table, "[bearer]", kKeys, problems);
  DialectBearer out;
  const std::string scheme = read_scheme(in, "Bearer");
  out.scheme_case_sensitive = in.boolean("scheme_case_sensitive").value_or(false);
  if (const auto query = in.text("query")) {
    out.query = query->text;
    if (out.query.size() > kQuerySizeMax || !CharClass::range(0x21, 0x7E).contains_all(out.query)) {
      in.error("query", "expected the name of a parameter, or \"\" for none");
    }
  }
  const TomlValue* headers = in.raw("headers");
  if (headers == nullptr) {
    out.headers.push_back({"Authorization", scheme});
  } else if (headers->kind != TomlKind::kArray || headers->elements.size() > kHeadersMax) {
    in.error("headers", fmt::format("expected a list of at most {} headers", kHeadersMax));
  } else {
    for (const TomlValue& header : headers->elements) read_header(header, in, scheme, out);
    if (out.headers.empty() && out.query.empty()) in.error("headers", "without a header there must be a query");
  }
  return out;
}

}  // namespace signet
