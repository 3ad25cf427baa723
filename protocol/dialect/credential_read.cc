#include "protocol/dialect/credential_read.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "protocol/base/char_class.h"
#include "protocol/dialect/answer_row.h"

namespace signet {
namespace {

constexpr std::array<std::string_view, 6> kKeys{"carrier", "key", "id", "secret", "scheme", "tenant_after"};
constexpr std::array<std::string_view, 5> kCarriers{"basic", "form", "json", "query", "header"};
constexpr size_t kNameSizeMax = 64;
constexpr size_t kJsonPathMax = 4;  // request bodies are read to a depth of 8

std::optional<DialectCarrier> read_carrier(const TableReader& in) {
  if (!in.has("carrier")) in.error("carrier", "is required");
  const auto text = in.text("carrier");
  if (!text) return std::nullopt;
  const auto at = std::ranges::find(kCarriers, text->text);
  if (at != kCarriers.end()) return static_cast<DialectCarrier>(at - kCarriers.begin());
  in.error("carrier", unknown_name("carrier", text->text, kCarriers));
  return std::nullopt;
}

// False after a mistake; a name that is not there is none.
bool read_field(const TableReader& in, std::string_view member, DialectCarrier carrier, DialectFieldName& out) {
  if (!in.has(member)) return true;
  const auto text = in.text(member);
  if (!text) return false;
  std::string_view rest = text->text;
  if (carrier != DialectCarrier::kJson) {
    const bool good = carrier == DialectCarrier::kHeader ? valid_field_name(rest)
                                                         : !rest.empty() && rest.size() <= kNameSizeMax &&
                                                               CharClass::range(0x21, 0x7E).contains_all(rest);
    if (!good)
      in.error(member, fmt::format("expected the name of a {}, 1 to 64 characters",
                                   carrier == DialectCarrier::kHeader ? "header" : "parameter"));
    out = {text->text};
    return good;
  }
  bool good = !rest.empty();
  while (good) {
    const std::string_view name = rest.substr(0, rest.find('.'));
    out.emplace_back(name);
    good = !name.empty() && name.size() <= kNameSizeMax && out.size() <= kJsonPathMax;
    if (name.size() == rest.size()) break;
    rest.remove_prefix(name.size() + 1);
  }
  if (!good) in.error(member, "expected the name of a JSON member, or up to 4 of them with dots between");
  return good;
}

void check_fields(const TableReader& in, const DialectCredential& one) {
  if (one.carrier == DialectCarrier::kBasic) {
    for (const std::string_view member : {"key", "id", "secret"})
      if (in.has(member)) in.error(member, "basic has its fields already; leave this out");
    return;
  }
  const bool key = in.has("key");
  const bool pair = in.has("id") || in.has("secret");
  if (key && pair) {
    in.error("key", "either key, or id and secret");
  } else if (!key && !(in.has("id") && in.has("secret"))) {
    in.error(pair ? (in.has("id") ? "secret" : "id") : "key", "is required: either key, or id and secret");
  } else if (pair && one.id == one.secret) {
    in.error("secret", "is the same field as id");
  }
}

// Nothing that a client's id may hold: it would be ambiguous where the tenant begins.
void read_tenant_after(const TableReader& in, DialectCredential& one) {
  constexpr std::string_view kSeparators = "@/\\:|!";
  const auto text = in.text("tenant_after");
  if (!text) return;
  if (one.is_key()) return in.error("tenant_after", "a key has no id to hold a tenant");
  if (text->text.size() != 1 || kSeparators.find(text->text[0]) == std::string_view::npos) {
    return in.error("tenant_after", fmt::format("expected one of {}", kSeparators));
  }
  if (one.carrier == DialectCarrier::kBasic && text->text == ":") {
    return in.error("tenant_after", "in basic the first : begins the password");
  }
  one.tenant_after = text->text[0];
}

}  // namespace

std::string_view carrier_name(DialectCarrier carrier) { return kCarriers[static_cast<size_t>(carrier)]; }

std::optional<DialectCredential> read_credential(const TomlValue& table, DialectProblems& problems) {
  const TableReader in(&table, "[[endpoint.credential]]", kKeys, problems);
  const auto carrier = read_carrier(in);
  if (!carrier) return std::nullopt;
  DialectCredential one;
  one.carrier = *carrier;
  bool good = read_field(in, "key", *carrier, one.key);
  good = read_field(in, "id", *carrier, one.id) && good;
  good = read_field(in, "secret", *carrier, one.secret) && good;
  if (good) check_fields(in, one);
  if (const auto scheme = in.text("scheme")) {
    if (!scheme->text.empty() && *carrier != DialectCarrier::kHeader) {
      in.error("scheme", "only a header has one");
    } else if (!scheme->text.empty() && !valid_field_name(scheme->text)) {
      in.error("scheme", "expected one word such as Token");
    }
    one.scheme = scheme->text;
  }
  read_tenant_after(in, one);
  return one;
}

}  // namespace signet
