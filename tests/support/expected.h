// error_of: the error of a result, or nothing when it has a value, so that a test that expects an error fails on
// success instead of reading an error that is not there.
#pragma once

#include <expected>
#include <optional>

namespace signet::testing_support {

template <typename T, typename E>
std::optional<E> error_of(const std::expected<T, E>& result) {
  if (result) return std::nullopt;
  return result.error();
}

}  // namespace signet::testing_support
