#include "daemon/admin/answer.h"

#include <array>

namespace signet {
namespace {

struct ErrorRow {
  std::string_view name;
  int status;
};

// By AdminErrorKind.
constexpr std::array<ErrorRow, 7> kErrors{{{"bad_request", 400},
                                           {"not_found", 404},
                                           {"method_not_allowed", 405},
                                           {"conflict", 409},
                                           {"invalid", 422},
                                           {"unavailable", 503},
                                           {"busy", 503}}};

AdminErrorKind kind_of(StoreErrorKind kind) {
  switch (kind) {
    case StoreErrorKind::kUnavailable:
      return AdminErrorKind::kUnavailable;
    case StoreErrorKind::kConflict:
      return AdminErrorKind::kConflict;
    case StoreErrorKind::kNotFound:
      return AdminErrorKind::kNotFound;
    case StoreErrorKind::kInvalid:
      return AdminErrorKind::kInvalid;
    case StoreErrorKind::kBusy:
      return AdminErrorKind::kBusy;
  }
  return AdminErrorKind::kUnavailable;
}

}  // namespace

AdminAnswer error_answer(AdminErrorKind kind, std::string_view message) {
  const ErrorRow& row = kErrors[static_cast<size_t>(kind)];
  auto body = write_json([&](JsonWriter& json) {
    json.begin_object();
    json.member("error", row.name);
    json.member("message", message);
    json.end_object();
  });
  return {.status = row.status, .body = std::move(body)};
}

AdminAnswer error_answer(const StoreError& error) { return error_answer(kind_of(error.kind), error.text); }

}  // namespace signet
