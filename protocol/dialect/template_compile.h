// compile_template: from the text of a dialect's file to a Template that gives well-formed output whatever the values.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/dialect/template.h"

namespace signet {

inline constexpr size_t kTemplateSizeMax = 8 * 1024;

// What the text around the placeholders is.
enum class TemplateSyntax : uint8_t { kJson, kXml, kForm, kText, kHeaderValue };

// The syntax of bodies of `content_type`: JSON for any type with "json" in it, XML likewise and for HTML. Any thread.
TemplateSyntax template_syntax(std::string_view content_type);

// Where a template stands. `captures` and `requests` are borrowed; requests grows by the names met.
struct TemplateScope {
  TemplatePlace place = TemplatePlace::kSuccess;
  TemplateSyntax syntax = TemplateSyntax::kJson;
  uint32_t refused_values = 0;                         // 1 << TemplateValue of those that have no value here, though
  std::string_view refused_reason;                     // the place as such allows them, and why
  const std::vector<std::string>* captures = nullptr;  // names of path.NAME
  uint32_t captures_here = UINT32_MAX;                 // 1 << index of those that exist here
  std::vector<std::string>* requests = nullptr;        // names of request.NAME
};

inline constexpr size_t kRequestNamesMax = 16;

// compile_template gives the template or a sentence that says what is wrong and what is allowed. JSON is proved by
// reading what the template gives for sample values (duplicate members are refused); in JSON no placeholder stands in a
// member's name. Any thread, allocates.
std::expected<Template, std::string> compile_template(std::string_view text, const TemplateScope& scope);

// sample_render renders `from` with a plausible value for everything, as the compiler's proof does. Allocates.
std::string sample_render(const Template& from);

}  // namespace signet
