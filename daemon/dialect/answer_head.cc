#include "daemon/dialect/answer_head.h"

#include <array>
#include <charconv>

#include "daemon/http/status.h"
#include "protocol/base/ascii_case.h"
#include "protocol/base/copy_text.h"

namespace signet {
namespace {

constexpr std::string_view kNoStore = "Cache-Control: no-store\r\nPragma: no-cache\r\n";  // RFC 6749 5.1
constexpr std::string_view kCacheControl = "Cache-Control";

}  // namespace

void AnswerHead::add(std::string_view text) {
  if (text.size() > out_.size() - used_) {
    overflowed_ = true;
    return;
  }
  copy_text(out_.data() + used_, text);
  used_ += text.size();
}

void AnswerHead::add_number(size_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  add({digits.data(), static_cast<size_t>(end - digits.data())});
}

void AnswerHead::begin(const DialectAnswer& answer, std::string_view date_field, size_t body_size,
                       const TemplateInput& input) {
  add(http::status_line(answer.status));
  if (!answer.content_type.empty()) {
    add("Content-Type: ");
    add(answer.content_type);
    add("\r\n");
  }
  fields(answer, input);
  add(date_field);
  add("Content-Length: ");
  add_number(body_size);
  add("\r\n\r\n");
}

void AnswerHead::fields(const DialectAnswer& answer, const TemplateInput& input) {
  bool says_cache = false;
  for (const DialectHeader& header : answer.headers) {
    says_cache = says_cache || equal_ignoring_case(header.name, kCacheControl);
    add(header.name);
    add(": ");
    const size_t size = header.value.render(input, out_.subspan(used_));
    if (size == 0) overflowed_ = true;
    used_ += size;
    add("\r\n");
  }
  // What is answered here are credentials, or who is asked for them.
  if (!says_cache) add(kNoStore);
}

}  // namespace signet
