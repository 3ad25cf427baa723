// Backups: begun here, made on a thread of their own, asked about until they are done; and the word that ends what a
// restore suspended.
#include "daemon/admin/query_number.h"
#include "daemon/admin/routes.h"

namespace signet {
namespace {

std::string_view state_name(BackupStatus::State state) {
  switch (state) {
    case BackupStatus::State::kNone:
      return "none";
    case BackupStatus::State::kRunning:
      return "running";
    case BackupStatus::State::kDone:
      return "done";
    case BackupStatus::State::kFailed:
      return "failed";
  }
  return "none";
}

std::string status_json(const BackupStatus& status) {
  return write_json([&](JsonWriter& json) {
    json.begin_object();
    json.member("state", state_name(status.state));
    json.member("directory", status.directory);
    json.key("copied"), json.unsigned_integer(status.copied);
    json.key("about"), json.unsigned_integer(status.about);
    if (status.state == BackupStatus::State::kDone) {
      json.member_integer("number", status.number);
      json.key("commit"), json.unsigned_integer(status.commit);
      json.key("octets"), json.unsigned_integer(status.octets);
      json.key("files"), json.unsigned_integer(status.files);
    }
    if (!status.failure.empty()) json.member("failure", status.failure);
    json.end_object();
  });
}

// Nothing: it is no number in the range.
std::optional<uint32_t> keep_of(const JsonValue& body) {
  const JsonValue* value = body.find("keep");
  if (value == nullptr) return 0;
  const auto keep = value->as_integer();
  if (!keep || *keep < 1 || *keep > 1'000'000) return std::nullopt;
  return static_cast<uint32_t>(*keep);
}

}  // namespace

void start_backup(AdminService& admin, const AdminRequest& request) {
  for (const JsonMember& member : *request.body.as_object()) {
    if (member.name == "directory" || member.name == "keep") continue;
    return admin.refuse(request.id, AdminErrorKind::kBadRequest, "expected directory and keep, and nothing else");
  }
  const std::string* directory = request.body.find_string("directory");
  if (directory == nullptr || !directory->starts_with('/')) {
    return admin.refuse(request.id, AdminErrorKind::kInvalid, "directory: expected an absolute path");
  }
  const auto keep = keep_of(request.body);
  if (!keep) return admin.refuse(request.id, AdminErrorKind::kInvalid, "keep: expected a number of backups, 1 or more");
  BackupOrder order{.directory = *directory,
                    .data_dir = {},
                    .version = std::string(admin.scope().status().version),
                    .keep = *keep,
                    .progress = {}};
  auto begun = [&admin, id = request.id] {
    admin.answer(id, {.status = 202, .body = status_json(admin.keystore().backup_status())});
  };
  admin.keystore().start_backup(request.actor, std::move(order), admin.then<void>(request.id, std::move(begun)));
}

void show_backup(AdminService& admin, const AdminRequest& request) {
  admin.answer(request.id, {.status = 200, .body = status_json(admin.keystore().backup_status())});
}

void stop_backup(AdminService& admin, const AdminRequest& request) {
  admin.keystore().stop_backup();
  admin.answer(request.id, {.status = 202, .body = status_json(admin.keystore().backup_status())});
}

void accept_restored_tokens(AdminService& admin, const AdminRequest& request) {
  const bool suspended = admin.keystore().revocations().api_tokens_suspended_ms() != 0;
  auto done = [&admin, id = request.id, suspended] {
    admin.answer(id, {.status = 200, .body = suspended ? R"({"accepted":true})" : R"({"accepted":false})"});
  };
  admin.keystore().store().accept_restored_tokens(request.actor, admin.then<void>(request.id, done));
}

}  // namespace signet
