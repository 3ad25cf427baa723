// The front of the audit log: an export is noted, and what it holds is dropped.
#include <fmt/format.h>

#include <algorithm>

#include "daemon/admin/routes.h"
#include "protocol/json/line_chain.h"

namespace signet {
namespace {

constexpr size_t kFileNameMax = 1024;

std::string unknown_member(const JsonValue& body, std::initializer_list<std::string_view> known) {
  for (const JsonMember& member : *body.as_object()) {
    if (std::ranges::find(known, member.name) == known.end()) return fmt::format("unknown member \"{}\"", member.name);
  }
  return {};
}

std::optional<uint64_t> read_sequence(const JsonValue& body) {
  const JsonValue* value = body.find("last");
  const auto number = value == nullptr ? std::nullopt : value->as_integer();
  return number && *number > 0 ? std::optional(static_cast<uint64_t>(*number)) : std::nullopt;
}

std::expected<AuditExport, std::string> read_export(const JsonValue& body) {
  if (auto error = unknown_member(body, {"last", "hash", "file", "chain"}); !error.empty()) {
    return std::unexpected(std::move(error));
  }
  const auto last = read_sequence(body);
  if (!last) return std::unexpected(std::string("last: expected the sequence of the last record in the export"));
  const std::string* hash = body.find_string("hash");
  const auto digest = hash == nullptr ? std::nullopt : parse_chain_text(*hash);
  if (!digest) return std::unexpected(std::string("hash: expected that of the record `last`"));
  const std::string* chain = body.find_string("chain");
  if (chain == nullptr || !parse_chain_text(*chain)) {
    return std::unexpected(std::string("chain: expected the hash of the export's last line"));
  }
  const std::string* file = body.find_string("file");
  if (file == nullptr || file->empty() || file->size() > kFileNameMax) {
    return std::unexpected(fmt::format("file: expected a name of at most {} octets", kFileNameMax));
  }
  return AuditExport{.last = *last, .hash = *digest, .detail_json = write_json([&](JsonWriter& json) {
                                                       json.begin_object();
                                                       json.member("file", *file);
                                                       json.member("chain", *chain);
                                                       json.end_object();
                                                     })};
}

}  // namespace

void note_audit_export(AdminService& admin, const AdminRequest& request) {
  auto read = read_export(request.body);
  if (!read) return admin.refuse(request.id, AdminErrorKind::kInvalid, read.error());
  auto done = [&admin, id = request.id] { admin.answer(id, {.status = 204}); };
  admin.keystore().store().note_audit_export(request.actor, *std::move(read), admin.then<void>(request.id, done));
}

void prune_audit(AdminService& admin, const AdminRequest& request) {
  const auto refuse = [&](std::string_view text) { admin.refuse(request.id, AdminErrorKind::kInvalid, text); };
  if (auto error = unknown_member(request.body, {"last", "without_export"}); !error.empty()) return refuse(error);
  const auto last = read_sequence(request.body);
  if (!last) return refuse("last: expected the sequence of the last record to drop");
  AuditPruning pruning{.last = *last};
  if (const JsonValue* value = request.body.find("without_export")) {
    if (!value->as_boolean()) return refuse("without_export: expected true or false");
    pruning.without_export = *value->as_boolean();
  }
  auto done = [&admin, id = request.id, pruning](uint64_t dropped) {
    admin.answer(id, {.status = 200, .body = write_json([&](JsonWriter& json) {
                                       json.begin_object();
                                       json.key("dropped"), json.unsigned_integer(dropped);
                                       json.key("last"), json.unsigned_integer(pruning.last);
                                       json.end_object();
                                     })});
  };
  admin.keystore().store().prune_audit(request.actor, pruning, admin.then<uint64_t>(request.id, std::move(done)));
}

}  // namespace signet
