#include "protocol/dialect/template_compile.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "protocol/base/ascii_case.h"
#include "protocol/base/char_class.h"
#include "protocol/base/nearest.h"
#include "protocol/json/reader.h"

namespace signet {
namespace {

constexpr CharClass kHeaderLiteral = CharClass::range(0x20, 0x7E);
constexpr CharClass kRequestName = CharClass::range(0x21, 0x7E);
constexpr size_t kRequestNameSizeMax = 64;
constexpr unsigned kJsonDepthMax = 8;  // what claims are read with
constexpr size_t kExcerptSize = 40;

// Follows literal JSON just far enough to know what a placeholder stands in.
class JsonPosition {
 public:
  // False: a name of a member has a placeholder in it.
  bool literal(std::string_view text) {
    for (const char c : text)
      if (!(in_string_ ? inside(c) : outside(c))) return false;
    return true;
  }
  void placeholder() { filled_ = in_string_; }
  bool in_string() const { return in_string_; }
  bool in_escape() const { return escaped_; }

 private:
  bool inside(char c) {
    if (!escaped_ && c == '"') in_string_ = false;
    escaped_ = !escaped_ && c == '\\';
    return true;
  }
  bool outside(char c) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') return true;
    if (c == ':' && filled_) return false;
    in_string_ = c == '"';
    filled_ = false;
    return true;
  }

  bool in_string_ = false;
  bool escaped_ = false;
  bool filled_ = false;  // the string that this is in, or that just ended, has a placeholder
};

class Compiler {
 public:
  Compiler(std::string_view text, const TemplateScope& scope) : rest_(text), scope_(scope) {}

  std::expected<Template, std::string> compile() {
    if (rest_.size() > kTemplateSizeMax) {
      return std::unexpected(fmt::format("a template has at most {} octets, not {}", kTemplateSizeMax, rest_.size()));
    }
    while (error_.empty() && !rest_.empty()) step();
    if (error_.empty()) prove();
    if (!error_.empty()) return std::unexpected(std::move(error_));
    return std::move(out_);
  }

 private:
  void fail(std::string text) { error_ = std::move(text); }

  void step() {
    const size_t dollar = std::min(rest_.find('$'), rest_.size());
    if (dollar > 0) return literal(take(dollar));
    if (rest_.starts_with("$$")) {
      literal("$");
      rest_.remove_prefix(2);
      return;
    }
    if (!rest_.starts_with("${"))
      return fail("\"$\" begins a placeholder such as ${token}; a \"$\" itself is written $$");
    const size_t end = rest_.find('}');
    if (end == std::string_view::npos) return fail(fmt::format("\"{}\" has no \"}}\"", rest_.substr(0, kExcerptSize)));
    placeholder(take(end + 1).substr(2, end - 2));
  }

  std::string_view take(size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  void literal(std::string_view text) {
    if (scope_.syntax == TemplateSyntax::kHeaderValue && !kHeaderLiteral.contains_all(text)) {
      return fail("the value of a header is visible ASCII and spaces");
    }
    if (scope_.syntax == TemplateSyntax::kJson && !position_.literal(text)) {
      return fail("a placeholder stands in the name of a member; two could then be the same");
    }
    out_.append_literal(text);
  }

  void placeholder(std::string_view inside) {
    const size_t bar = inside.find('|');
    const std::string_view name = inside.substr(0, bar);
    TemplatePart part;
    if (!find_value(name, part)) return;
    if (bar != std::string_view::npos) {
      if (!find_filter(name, inside.substr(bar + 1), part)) return;
    } else if (template_value(part.value).kind == TemplateKind::kOctets) {
      return fail(
          fmt::format("${{{}}} is 16 octets: say how they are written, as ${{{}|hex}}, |hex24 or |uuid", name, name));
    }
    if (!choose_escape(inside, part)) return;
    position_.placeholder();
    out_.append_value(part);
  }

  bool refuse(std::string text) {
    fail(std::move(text));
    return false;
  }

  bool find_value(std::string_view name, TemplatePart& part) {
    if (name.starts_with("path.")) {
      part.value = TemplateValue::kPath;
      if (!allowed(name, part.value)) return false;
      return find_capture(name.substr(5), part);
    }
    if (name.starts_with("request.")) {
      part.value = TemplateValue::kRequest;
      if (!allowed(name, part.value)) return false;
      return find_request(name.substr(8), part);
    }
    const auto value = find_template_value(name);
    if (!value) {
      const auto names = template_value_names(scope_.place);
      return refuse(fmt::format("${{{}}} is no value; did you mean ${{{}}}? (allowed here: {})",
                                name.substr(0, kExcerptSize), nearest_name(name, names), fmt::join(names, ", ")));
    }
    part.value = *value;
    return allowed(name, *value);
  }

  bool allowed(std::string_view name, TemplateValue value) {
    if ((template_value(value).places >> static_cast<unsigned>(scope_.place) & 1) == 0) {
      return refuse(fmt::format("${{{}}} has no value here (allowed: {})", name,
                                fmt::join(template_value_names(scope_.place), ", ")));
    }
    if ((scope_.refused_values >> static_cast<unsigned>(value) & 1) == 0) return true;
    return refuse(fmt::format("${{{}}} has no value here: {}", name, scope_.refused_reason));
  }

  bool find_capture(std::string_view name, TemplatePart& part) {
    std::vector<std::string_view> here;
    for (size_t i = 0; scope_.captures != nullptr && i < scope_.captures->size(); ++i) {
      if ((scope_.captures_here >> i & 1) == 0) continue;
      here.push_back((*scope_.captures)[i]);
      if (here.back() != name) continue;
      part.index = static_cast<uint8_t>(i);
      return true;
    }
    if (here.empty()) return refuse(fmt::format("${{path.{}}}: no path here captures anything", name));
    return refuse(fmt::format("${{path.{}}}: no path here has {{{}}}; did you mean ${{path.{}}}?", name, name,
                              nearest_name(name, here)));
  }

  bool find_request(std::string_view name, TemplatePart& part) {
    if (name.empty() || name.size() > kRequestNameSizeMax || !kRequestName.contains_all(name)) {
      return refuse(fmt::format("${{request.{}}}: the name of a parameter has 1 to {} visible ASCII characters",
                                name.substr(0, kExcerptSize), kRequestNameSizeMax));
    }
    if (scope_.requests == nullptr) return refuse(fmt::format("${{request.{}}} has no value here", name));
    auto& names = *scope_.requests;
    const auto at = std::ranges::find(names, name);
    part.index = static_cast<uint8_t>(at - names.begin());
    if (at != names.end()) return true;
    if (names.size() == kRequestNamesMax) {
      return refuse(
          fmt::format("${{request.{}}} is one parameter too many; a dialect may use {}", name, kRequestNamesMax));
    }
    names.emplace_back(name);
    return true;
  }

  bool find_filter(std::string_view value_name, std::string_view name, TemplatePart& part) {
    const TemplateKind kind = template_value(part.value).kind;
    const auto names = template_filter_names(kind);
    const auto filter = find_template_filter(name);
    if (filter && template_filter_takes(*filter, kind)) {
      part.filter = *filter;
      return true;
    }
    if (names.empty()) return refuse(fmt::format("${{{}}} takes no filter", value_name));
    return refuse(fmt::format("${{{}|{}}}: {} filter of {}; did you mean \"{}\"? (allowed: {})", value_name,
                              name.substr(0, kExcerptSize), filter ? "this is no" : "there is no such", value_name,
                              nearest_name(name, names), fmt::join(names, ", ")));
  }

  static bool gives_number(const TemplatePart& part) {
    const TemplateKind kind = template_value(part.value).kind;
    return kind == TemplateKind::kNumber || (kind == TemplateKind::kTime && part.filter != TemplateFilter::kIso8601);
  }

  bool choose_escape(std::string_view inside, TemplatePart& part) {
    const bool is_json = template_value(part.value).kind == TemplateKind::kJson;
    if (is_json && scope_.syntax != TemplateSyntax::kJson) {
      return refuse(fmt::format("${{{}}} is JSON, and this is not", inside));
    }
    switch (scope_.syntax) {
      case TemplateSyntax::kJson:
        part.escape = TemplateEscape::kJson;
        return fits_json(inside, is_json, gives_number(part));
      case TemplateSyntax::kXml:
        part.escape = TemplateEscape::kXml;
        return true;
      case TemplateSyntax::kForm:
        part.escape = TemplateEscape::kForm;
        return true;
      case TemplateSyntax::kHeaderValue:
        part.escape = TemplateEscape::kHeader;
        return true;
      case TemplateSyntax::kText:
        break;
    }
    const bool encoded = part.filter == TemplateFilter::kBase64 || part.filter == TemplateFilter::kBase64Url;
    if (!template_value(part.value).may_hold_control || encoded) return true;
    return refuse(fmt::format(
        "${{{}}} may hold control characters, and this content type has no escape for them; filter it by |base64",
        inside));
  }

  bool fits_json(std::string_view inside, bool is_json, bool is_number) {
    if (position_.in_escape()) return refuse(fmt::format("${{{}}} stands behind a \"\\\"", inside));
    if (!position_.in_string() && !is_json && !is_number) {
      return refuse(fmt::format("${{{}}} is text: put it in quotes", inside));
    }
    if (position_.in_string() && is_json) return refuse(fmt::format("${{{}}} is JSON: take the quotes away", inside));
    return true;
  }

  void prove() {
    if (scope_.syntax == TemplateSyntax::kHeaderValue) {
      if (out_.is_literal() && (out_.literal().starts_with(' ') || out_.literal().ends_with(' '))) {
        fail("the value of a header neither begins nor ends with a space");
      }
      return;
    }
    if (scope_.syntax != TemplateSyntax::kJson) return;
    const std::string sample = sample_render(out_);
    const auto json = read_json(sample, {.size_max = SIZE_MAX, .depth_max = kJsonDepthMax, .allow_fractions = true});
    if (json) return;
    const size_t from = std::min(json.error().offset, sample.size());
    fail(fmt::format("with values in place this is not JSON ({}): {}", describe(json.error()),
                     from < sample.size() ? "before \"" + sample.substr(from, kExcerptSize) + "\"" : "at the end"));
  }

  std::string_view rest_;
  const TemplateScope& scope_;
  Template out_;
  JsonPosition position_;
  std::string error_;
};

bool contains_caseless(std::string_view text, std::string_view lower) {
  return !std::ranges::search(text, lower, {}, ascii_lower).empty();
}

}  // namespace

TemplateSyntax template_syntax(std::string_view content_type) {
  if (contains_caseless(content_type, "json")) return TemplateSyntax::kJson;
  if (contains_caseless(content_type, "xml") || contains_caseless(content_type, "html")) return TemplateSyntax::kXml;
  if (contains_caseless(content_type, "x-www-form-urlencoded")) return TemplateSyntax::kForm;
  return TemplateSyntax::kText;
}

std::expected<Template, std::string> compile_template(std::string_view text, const TemplateScope& scope) {
  return Compiler(text, scope).compile();
}

std::string sample_render(const Template& from) {
  constexpr std::string_view kText = "sample";
  std::array<std::string_view, 256> texts;
  texts.fill(kText);
  const TemplateInput input{.alg = kText,
                            .kid = kText,
                            .token = kText,
                            .client_id = kText,
                            .subject = kText,
                            .scope = "sample sample",
                            .audience = kText,
                            .issuer = kText,
                            .tenant = kText,
                            .jti = "AYvK0G8AAQIDBAUGBwgJCg",
                            .error = kText,
                            .error_description = kText,
                            .issued_at = 1'700'000'000,
                            .expires_at = 1'700'003'600,
                            .lifetime_s = 3600,
                            .status = 200,
                            .path = texts,
                            .request = texts};
  size_t size = 64;
  for (const TemplatePart& part : from.parts()) size += std::max<size_t>(part.size, 64);
  std::string out(size, '\0');
  out.resize(from.render(input, out));
  return out;
}

}  // namespace signet
