// Forms: what is accepted holds no control character and no bad UTF-8, repeats nothing but `resource`, and reads back
// the same when it is encoded again. Then the token request inside.
#include <cstddef>
#include <cstdint>
#include <string>

#include "protocol/base/check.h"
#include "protocol/base/utf8.h"
#include "protocol/oauth/scope.h"
#include "protocol/oauth/token_request.h"

namespace {

using namespace signet;

std::string escaped(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto octet = static_cast<uint8_t>(c);
    out += {'%', kHex[octet >> 4], kHex[octet & 15]};
  }
  return out;
}

void check_parameters(const FormParameters& form) {
  for (const FormParameter& parameter : form.all()) {
    for (const std::string_view text : {parameter.name, parameter.value}) {
      SIGNET_CHECK(valid_utf8(text));
      for (const char c : text) SIGNET_CHECK(static_cast<uint8_t>(c) >= 0x20 && c != 0x7F);
    }
    if (parameter.name != "resource") SIGNET_CHECK(form.get(parameter.name).data() == parameter.value.data());
  }
}

void check_reads_back(const FormParameters& form) {
  std::string text;
  for (const FormParameter& parameter : form.all()) {
    text += escaped(parameter.name) + "=" + escaped(parameter.value) + "&";
  }
  FormParameters again;
  SIGNET_CHECK(again.parse(text, "resource").has_value());
  SIGNET_CHECK(again.all().size() == form.all().size());
  for (size_t i = 0; i < form.all().size(); ++i) {
    SIGNET_CHECK(again.all()[i].name == form.all()[i].name && again.all()[i].value == form.all()[i].value);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string body(reinterpret_cast<const char*>(data), size);
  FormParameters form;
  if (!form.parse(body, "resource")) return 0;
  check_parameters(form);
  check_reads_back(form);
  const auto request = parse_token_request(form);
  if (!request) return 0;
  for (const std::string_view resource : request->resource()) {
    SIGNET_CHECK(resource.find('#') == std::string_view::npos && resource.find(':') != std::string_view::npos);
  }
  if (valid_scope(request->scope)) SIGNET_CHECK(scope_is_subset(request->scope, request->scope));
  return 0;
}
