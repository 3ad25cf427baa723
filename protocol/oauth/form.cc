#include "protocol/oauth/form.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "protocol/oauth/percent_decode.h"

namespace signet {
namespace {

FormError form_error(PercentDecodeError error) {
  switch (error) {
    case PercentDecodeError::kBadEscape:
      return FormError::kBadEscape;
    case PercentDecodeError::kBadUtf8:
      return FormError::kBadUtf8;
    case PercentDecodeError::kControlCharacter:
      break;
  }
  return FormError::kControlCharacter;
}

// The octets before the first `separator`, all of `text` when there is none.
std::span<char> until(std::span<char> text, char separator) {
  const void* found = text.empty() ? nullptr : std::memchr(text.data(), separator, text.size());
  if (found == nullptr) return text;
  return text.first(static_cast<size_t>(static_cast<const char*>(found) - text.data()));
}

}  // namespace

std::expected<void, FormError> FormParameters::parse(std::span<char> body, std::string_view repeatable) {
  count_ = 0;
  while (!body.empty()) {
    const std::span<char> pair = until(body, '&');
    body = body.subspan(std::min(pair.size() + 1, body.size()));
    if (pair.empty()) continue;
    const std::span<char> raw_name = until(pair, '=');
    const std::span<char> raw_value = pair.subspan(std::min(raw_name.size() + 1, pair.size()));
    const auto name = percent_decode(raw_name);
    const auto value = percent_decode(raw_value);
    const auto added = !name    ? std::unexpected(form_error(name.error()))
                       : !value ? std::unexpected(form_error(value.error()))
                                : add({*name, *value}, repeatable);
    if (!added) {
      count_ = 0;
      return added;
    }
  }
  return {};
}

std::expected<void, FormError> FormParameters::add(FormParameter parameter, std::string_view repeatable) {
  if (count_ == kParametersMax) return std::unexpected(FormError::kTooManyParameters);
  // RFC 6749 3.2: parameters must not be included more than once.
  if (parameter.name != repeatable || repeatable.empty()) {
    for (const FormParameter& earlier : all()) {
      if (earlier.name == parameter.name) return std::unexpected(FormError::kDuplicate);
    }
  }
  new (&parameters_[count_++]) FormParameter(parameter);
  return {};
}

std::string_view FormParameters::get(std::string_view name) const {
  for (const FormParameter& parameter : all()) {
    if (parameter.name == name) return parameter.value;
  }
  return {};
}

}  // namespace signet
