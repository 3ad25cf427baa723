#include "keystore/restore/restore_check.h"

#include "keystore/key_cells.h"
#include "protocol/base/secret_bytes.h"

namespace signet {

void RestoreCheck::note(std::string fault) {
  if (fault_.empty()) fault_ = std::move(fault);
}

void RestoreCheck::on_key(KeyRow row) {
  if (row.status == KeyStatus::kDestroyed) return;
  if (row.status == KeyStatus::kActive) signing_keys_.push_back(row.kid);
  if (!row.location.empty()) {
    // Its token need not be here: the daemon looks for the object when it starts.
    if (!open_location(vault_, row))
      note("key " + row.kid + ": the name of its object in the PKCS#11 token does not open");
    return;
  }
  constexpr size_t kSigners = 1;
  if (const auto prepared = prepare_stored_key(vault_, row, kSigners); !prepared) note(prepared.error());
}

void RestoreCheck::on_secret(SecretRow row) {
  auto key = row.family == kPepperFamily      ? open_pepper(vault_, row)
             : row.family == kFamilyKeyFamily ? open_family_key(vault_, row)
                                              : std::expected<HashKey, std::string>();
  if (!key) return note(key.error());
  wipe(*key);
}

void RestoreCheck::on_dialect_record(DialectRecord&& record) {
  if (!is_sealed(record.kind)) return;
  if (const auto value = open_dialect_record(vault_, record); !value) note(value.error());
}

}  // namespace signet
