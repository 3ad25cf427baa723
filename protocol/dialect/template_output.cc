#include "protocol/dialect/template_output.h"

#include <array>
#include <cstdint>

#include "protocol/base/char_class.h"
#include "protocol/base/copy_text.h"
#include "protocol/json/unescaped.h"

namespace signet {
namespace {

constexpr CharClass kXmlSafe = CharClass::range(0x20, 0x21) | CharClass::range(0x23, 0x25) |
                               CharClass::range(0x28, 0x3B) | CharClass("=") | CharClass::range(0x3F, 0xFF);
constexpr CharClass kFormSafe = kAlphanumerics | CharClass("-._~");                             // RFC 3986 2.3
constexpr CharClass kHeaderSafe = CharClass::range(0x20, 0x24) | CharClass::range(0x26, 0x7E);  // all but '%'

size_t safe_prefix(std::string_view text, const CharClass& safe) {
  size_t size = 0;
  while (size < text.size() && safe.contains(text[size])) ++size;
  return size;
}

std::array<char, 3> percent(char c) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const auto octet = static_cast<uint8_t>(c);
  return {'%', kHex[octet >> 4], kHex[octet & 15]};
}

std::string_view xml_entity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    case '\t':
      return "&#9;";
    case '\n':
      return "&#10;";
    case '\r':
      return "&#13;";
    default:
      return "&#xFFFD;";  // XML 1.0 section 2.2 has no other control character, escaped or not
  }
}

std::string_view json_escape(char c, std::array<char, 6>& buffer) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::string_view kShort = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  if (const size_t at = kShort.find(c); at != std::string_view::npos) {
    buffer = {'\\', kLetters[at]};
    return {buffer.data(), 2};
  }
  const auto octet = static_cast<uint8_t>(c);
  buffer = {'\\', 'u', '0', '0', kHex[octet >> 4], kHex[octet & 15]};
  return {buffer.data(), buffer.size()};
}

}  // namespace

void TemplateOutput::put(std::string_view text) {
  if (static_cast<size_t>(end_ - at_) < text.size()) {
    overflowed_ = true;
    end_ = at_;
    return;
  }
  at_ = copy_text(at_, text);
}

void TemplateOutput::put(std::string_view text, TemplateEscape escape) {
  switch (escape) {
    case TemplateEscape::kNone:
      return put(text);
    case TemplateEscape::kJson:
      return put_json(text);
    case TemplateEscape::kXml:
      return put_xml(text);
    case TemplateEscape::kForm:
      return put_percent(text, true);
    case TemplateEscape::kHeader:
      return put_percent(text, false);
  }
}

void TemplateOutput::put_json(std::string_view text) {
  std::array<char, 6> buffer;
  while (true) {
    const size_t plain = escape_free_prefix(text);
    put(text.substr(0, plain));
    if (plain == text.size()) return;
    put(json_escape(text[plain], buffer));
    text.remove_prefix(plain + 1);
  }
}

void TemplateOutput::put_xml(std::string_view text) {
  while (true) {
    const size_t plain = safe_prefix(text, kXmlSafe);
    put(text.substr(0, plain));
    if (plain == text.size()) return;
    put(xml_entity(text[plain]));
    text.remove_prefix(plain + 1);
  }
}

void TemplateOutput::put_percent(std::string_view text, bool form) {
  while (true) {
    const size_t plain = safe_prefix(text, form ? kFormSafe : kHeaderSafe);
    put(text.substr(0, plain));
    if (plain == text.size()) return;
    const std::array<char, 3> escaped = percent(text[plain]);
    put({escaped.data(), escaped.size()});
    text.remove_prefix(plain + 1);
  }
}

}  // namespace signet
