// The vault while it is open: slots, a new root key, sealing.
#include <fmt/format.h>

#include "daemon/admin/query_number.h"
#include "daemon/admin/routes.h"
#include "daemon/admin/secret_fields.h"
#include "daemon/admin/vault_json.h"

namespace signet {
namespace {

std::string number_json(uint32_t number) {
  return write_json([&](JsonWriter& json) {
    json.begin_object();
    json.member_integer("number", number);
    json.end_object();
  });
}

}  // namespace

void show_vault(AdminService& admin, const AdminRequest& request) {
  admin.answer(request.id, {.status = 200, .body = vault_json("unsealed", admin.keystore().vault().summary())});
}

void add_vault_slot(AdminService& admin, const AdminRequest& request) {
  auto read = read_new_slot_secret(request.body);
  if (!read) return admin.refuse(request.id, AdminErrorKind::kInvalid, read.error());
  const auto secret = std::make_shared<SlotSecret>(std::move(*read));
  auto done = [&admin, id = request.id, secret](uint32_t& number) {
    AdminAnswer answer{.status = 201, .body = new_slot_json(number, *secret, admin.keystore().vault().id())};
    admin.answer(id, answer);
    wipe_text(answer.body);
  };
  admin.keystore().change_vault(
      request.actor,
      {.what = "vault.slot-add",
       .detail_json = fmt::format(R"({{"kind":"{}"}})", slot_kind_name(secret->kind)),
       .make = [secret](Vault& vault) -> std::expected<uint32_t, VaultError> {
         auto number = vault.add_slot(*secret);
         // A slot whose shares nobody is told would be of no use.
         if (!number || secret->kind != SlotKind::kShares || share_texts(*secret, vault.id(), *number)) return number;
         if (auto removed = vault.remove_slot(*number); !removed) return std::unexpected(removed.error());
         return std::unexpected(VaultError::kNoLockedMemory);
       }},
      admin.then<uint32_t>(request.id, std::move(done)));
}

void remove_vault_slot(AdminService& admin, const AdminRequest& request) {
  const auto number = query_number(request.arguments[0], 0, 1, UINT32_MAX);
  if (!number) return admin.refuse(request.id, AdminErrorKind::kNotFound, vault_error_text(VaultError::kNoSuchSlot));
  const auto slot = static_cast<uint32_t>(*number);
  auto done = [&admin, id = request.id](uint32_t& removed) {
    admin.answer(id, {.status = 200, .body = number_json(removed)});
  };
  admin.keystore().change_vault(request.actor,
                                {.what = "vault.slot-remove",
                                 .detail_json = fmt::format(R"({{"number":{}}})", slot),
                                 .make = [slot](Vault& vault) -> std::expected<uint32_t, VaultError> {
                                   if (auto removed = vault.remove_slot(slot); !removed)
                                     return std::unexpected(removed.error());
                                   return slot;
                                 }},
                                admin.then<uint32_t>(request.id, std::move(done)));
}

void check_vault_slot(AdminService& admin, const AdminRequest& request) {
  auto read = read_slot_secret(request.body, admin.keystore().vault().id());
  if (!read) return admin.refuse(request.id, AdminErrorKind::kInvalid, read.error());
  const auto secret = std::make_shared<SlotSecret>(std::move(*read));
  auto done = [&admin, id = request.id](uint32_t& number) {
    admin.answer(id, {.status = 200, .body = number_json(number)});
  };
  admin.keystore().change_vault(
      request.actor,
      {.what = {}, .detail_json = {}, .make = [secret](Vault& vault) { return vault.check_slot(*secret); }},
      admin.then<uint32_t>(request.id, std::move(done)));
}

void rekey_vault(AdminService& admin, const AdminRequest& request) {
  auto done = [&admin, id = request.id](size_t& cells) {
    const VaultSummary summary = admin.keystore().vault().summary();
    admin.answer(id, {.status = 200, .body = write_json([&](JsonWriter& json) {
                                       json.begin_object();
                                       json.member_integer("generation", summary.generation);
                                       json.member_integer("cells", static_cast<int64_t>(cells));
                                       json.end_object();
                                     })});
  };
  admin.keystore().rekey_vault(request.actor, admin.then<size_t>(request.id, std::move(done)));
}

// The record first; then the daemon drains, forgets everything and waits for `vault unseal`.
void seal_vault(AdminService& admin, const AdminRequest& request) {
  auto audited = [&admin, id = request.id] {
    admin.answer(id, {.status = 202, .body = R"({"state":"sealing"})"});
    admin.scope().seal();
  };
  admin.keystore().store().append_audit(request.actor, "vault.seal", "{}",
                                        admin.then<void>(request.id, std::move(audited)));
}

}  // namespace signet
