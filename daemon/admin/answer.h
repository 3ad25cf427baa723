// AdminAnswer: what the admin API answers, and the one table of its errors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "keystore/store/store.h"
#include "protocol/json/writer.h"

namespace signet {

struct AdminAnswer {
  int status = 200;
  std::string body;          // JSON; empty with 204
  std::string extra_fields;  // complete lines, e.g. Allow
};

enum class AdminErrorKind : uint8_t {
  kBadRequest,
  kNotFound,
  kMethodNotAllowed,
  kConflict,
  kInvalid,
  kUnavailable,
  kBusy
};

// error_answer gives {"error":"<kind>","message":"<message>"} with the kind's status. `message` is for people and never
// holds a secret.
AdminAnswer error_answer(AdminErrorKind kind, std::string_view message);
AdminAnswer error_answer(const StoreError& error);

// write_json calls `write(JsonWriter&)` with a buffer that is made large enough, and gives the text.
template <typename Write>
std::string write_json(Write&& write) {
  for (size_t size = 4096;; size *= 4) {
    std::string text(size, '\0');
    JsonWriter writer(std::span<char>(text.data(), text.size()));
    write(writer);
    if (writer.overflowed()) continue;
    text.resize(writer.size());
    return text;
  }
}

}  // namespace signet
