// Template: text with placeholders, compiled once into a flat list of parts and rendered into the caller's buffer.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/time.h"
#include "protocol/dialect/template_value.h"

namespace signet {

// How what a placeholder gives is made safe for the text around it.
enum class TemplateEscape : uint8_t {
  kNone,    // raw
  kJson,    // inside a JSON string
  kXml,     // text or attribute of XML and HTML
  kForm,    // application/x-www-form-urlencoded
  kHeader,  // percent-encoded outside visible ASCII and space, and '%' itself
};

// The values of one rendering; all views are borrowed for the call. Texts are UTF-8. What a template does not use need
// not be set.
struct TemplateInput {
  std::string_view alg, kid, token, client_id, subject, scope, audience, issuer, tenant, refresh_token;
  std::string_view jti;  // 22 characters, see write_jti; anything else renders as nothing behind a filter
  std::string_view error, error_description;
  UnixSeconds issued_at = 0;
  UnixSeconds expires_at = 0;
  int64_t lifetime_s = 0;
  int status = 0;
  std::array<uint8_t, 16> key_id{}, client_key{}, tenant_key{}, session_key{};
  std::span<const std::string_view> path;     // by Dialect::capture_names; a missing one is empty
  std::span<const std::string_view> request;  // by Dialect::request_names, likewise
};

struct TemplatePart {
  TemplateValue value = TemplateValue::kLiteral;
  TemplateFilter filter = TemplateFilter::kNone;
  TemplateEscape escape = TemplateEscape::kNone;
  uint8_t index = 0;    // of path.NAME and request.NAME
  uint32_t offset = 0;  // of a literal, in the template's text
  uint32_t size = 0;
};

// Owns its texts. Immutable but for the appending that its compiler does; any thread for reading.
class Template {
 public:
  // render writes to `out` and gives the octets written, or 0 when `out` is too small (nothing of it may be used then);
  // an empty template gives 0 too. Does not allocate. Any thread.
  size_t render(const TemplateInput& input, std::span<char> out) const;

  bool empty() const { return parts_.empty(); }
  // Whether there is no placeholder; literal() is then the whole text, borrowed from this template.
  bool is_literal() const { return parts_.empty() || (parts_.size() == 1 && !uses_any()); }
  std::string_view literal() const { return is_literal() ? std::string_view(text_) : std::string_view(); }
  bool uses(TemplateValue value) const { return (used_ >> static_cast<unsigned>(value) & 1) != 0; }
  // 1 << TemplateValue of all that it uses.
  uint32_t used() const { return used_; }
  std::span<const TemplatePart> parts() const { return parts_; }
  std::string_view text_of(const TemplatePart& literal) const {
    return std::string_view(text_).substr(literal.offset, literal.size);
  }

  void append_literal(std::string_view text);  // joins with a literal before it
  void append_value(TemplatePart part);        // part.value is not kLiteral

 private:
  bool uses_any() const { return used_ != 0; }

  std::string text_;  // all literals
  std::vector<TemplatePart> parts_;
  uint32_t used_ = 0;
};

// fold puts what `input` says in the place of every value of `known` (1 << TemplateValue each), so that it is rendered
// once. Allocates. Any thread.
Template fold(const Template& from, const TemplateInput& input, uint32_t known);

}  // namespace signet
