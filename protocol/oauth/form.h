// FormParameters: application/x-www-form-urlencoded, read strictly into fixed storage. Duplicates are kept visible to
// the caller as an error unless the name is in `repeatable` (RFC 6749 3.2: parameters must not repeat; RFC 8707 lets
// `resource` repeat).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

namespace signet {

enum class FormError : uint8_t { kBadEscape, kBadUtf8, kTooManyParameters, kControlCharacter, kDuplicate };

struct FormParameter {
  std::string_view name;
  std::string_view value;
};

class FormParameters {
 public:
  static constexpr size_t kParametersMax = 64;

  // Leaves the table unset: parse fills what it counts, and zeroing 2 KiB would cost more than reading a token request.
  FormParameters() {}  // NOLINT(modernize-use-equals-default)
  FormParameters(const FormParameters&) = delete;
  FormParameters& operator=(const FormParameters&) = delete;

  // parse decodes `body` in place (it shrinks) and keeps views into it: `body` must outlive this object's use. A
  // parameter without '=' has an empty value; nothing between two '&' is no parameter. Names other than `repeatable`
  // occurring twice are kDuplicate, values empty or not. After an error nothing is readable. Any thread, does not
  // allocate.
  std::expected<void, FormError> parse(std::span<char> body, std::string_view repeatable);

  // The value of `name`; data() == nullptr when absent.
  std::string_view get(std::string_view name) const;
  std::span<const FormParameter> all() const { return {parameters_.data(), count_}; }

 private:
  std::expected<void, FormError> add(FormParameter parameter, std::string_view repeatable);

  union {
    std::array<FormParameter, kParametersMax> parameters_;
  };
  size_t count_ = 0;
};

}  // namespace signet
