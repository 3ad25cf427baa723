#include "daemon/admin/vault_json.h"

#include "daemon/admin/answer.h"
#include "protocol/base/base64url.h"

namespace signet {

std::string vault_json(std::string_view state, const VaultSummary& summary) {
  std::string id = base64url_text(summary.id);
  return write_json([&](JsonWriter& json) {
    json.begin_object();
    json.member("state", state);
    json.member("id", id);
    json.member_integer("generation", summary.generation);
    json.member_boolean("rekeying", summary.rekeying);
    json.key("slots");
    json.begin_array();
    for (const VaultSlotInfo& slot : summary.slots) {
      json.begin_object();
      json.member_integer("number", slot.number);
      json.member("kind", slot.kind);
      if (slot.threshold != 0) {
        json.member_integer("threshold", slot.threshold);
        json.member_integer("shares", slot.shares);
      }
      json.end_object();
    }
    json.end_array();
    json.end_object();
  });
}

std::string new_slot_json(uint32_t number, const SlotSecret& secret, const VaultId& vault) {
  const auto shares = secret.kind == SlotKind::kShares ? share_texts(secret, vault, number) : std::nullopt;
  return write_json([&](JsonWriter& json) {
    json.begin_object();
    json.member_integer("number", number);
    json.member("kind", slot_kind_name(secret.kind));
    if (shares) {
      json.key("shares");
      json.begin_array();
      for (const SecretBytes& share : *shares) json.string(as_text(share.expose()));
      json.end_array();
    }
    json.end_object();
  });
}

}  // namespace signet
