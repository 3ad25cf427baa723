// SIGNET_CHECK: always-on assertion for bugs (never for conditions that input can cause). Prints file, line and
// expression to stderr and aborts.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace signet::internal {
[[noreturn]] inline void check_failed(const char* file, int line, const char* expression) {
  std::fprintf(stderr, "%s:%d: check failed: %s\n", file, line, expression);
  std::abort();
}
}  // namespace signet::internal

#define SIGNET_CHECK(expression)                                         \
  do {                                                                   \
    if (!(expression)) [[unlikely]]                                      \
      ::signet::internal::check_failed(__FILE__, __LINE__, #expression); \
  } while (0)
