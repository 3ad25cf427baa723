#include <fmt/format.h>

#include "keystore/store/dialect_record_rows.h"
#include "keystore/store/keys.h"
#include "keystore/store/operations/operations.h"
#include "keystore/store/transaction.h"

namespace signet::store {
namespace {

// All in one commit: afterwards no cell of the key before is left, or every one is.
class ResealCells : public OperationFor<size_t> {
 public:
  ResealCells(AuditActor actor, CellReseal reseal, StoreDone<size_t> done)
      : OperationFor(std::move(done)), actor_(std::move(actor)), reseal_(std::move(reseal)) {}

  Outcome check_and_apply(Transaction& transaction) override {
    reseal_all<KeyRow>(
        transaction, Family::kKeys, {}, decode_key, [](const KeyRow& row) { return !row.sealed_private.empty(); },
        [this](KeyRow& row) { return put(row.sealed_private, reseal_.key(row)); }, encode_key);
    reseal_all<KeyRow>(
        transaction, Family::kKeys, {}, decode_key, [](const KeyRow& row) { return !row.sealed_location.empty(); },
        [this](KeyRow& row) { return put(row.sealed_location, reseal_.location(row)); }, encode_key);
    reseal_all<SecretRow>(
        transaction, Family::kSecrets, {}, decode_secret, [](const SecretRow&) { return true; },
        [this](SecretRow& row) { return put(row.sealed, reseal_.secret(row)); }, encode_secret);
    // There may be millions of records of other kinds.
    for (const uint32_t tenant : tenants(transaction)) {
      static_assert(is_sealed(DialectRecordKind::kDataforConfiguration), "the one kind that is");
      reseal_all<DialectRecord>(
          transaction, Family::kDialectRecords, dialect_record_prefix(tenant, DialectRecordKind::kDataforConfiguration),
          decode_dialect_record, [](const DialectRecord&) { return true; },
          [this](DialectRecord& record) { return put(record.value, reseal_.record(record)); }, encode_dialect_record);
    }
    if (!unopened_.empty()) {
      return refuse(StoreErrorKind::kInvalid, fmt::format("{} does not open: restore it from a backup", unopened_));
    }
    transaction.audit({.actor = actor_,
                       .tenant = kNoTenant,
                       .what = "vault.rekey",
                       .subject = "",
                       .after = fmt::format(R"({{"cells":{}}})", result_)});
    return {};
  }

 private:
  using Cell = std::optional<std::vector<uint8_t>>;

  static std::vector<uint32_t> tenants(Transaction& transaction) {
    std::vector<uint32_t> numbers;
    transaction.scan(Family::kTenants, {}, [&](auto key, auto) {
      if (const auto number = key_tenant(key); number && *number != kNoTenant) numbers.push_back(*number);
      return true;
    });
    return numbers;
  }

  template <typename To>
  static bool put(To& to, const Cell& cell) {
    if (cell) to.assign(cell->begin(), cell->end());
    return cell.has_value();
  }

  template <typename Row, typename Decode, typename Has, typename Reseal, typename Encode>
  void reseal_all(Transaction& transaction, Family family, std::string_view prefix, Decode decode, Has has,
                  Reseal reseal, Encode encode) {
    transaction.scan(family, prefix, [&](auto key, auto value) {
      auto row = decode(key, value);
      if (!row) {
        transaction.damaged(family, key);
        return false;
      }
      if (!has(*row)) return true;
      if (!reseal(*row)) {
        unopened_ = fmt::format("a cell of the family {}", static_cast<int>(family));
        return false;
      }
      transaction.put(family, key, encode(*row));
      ++result_;
      return true;
    });
  }

  const AuditActor actor_;
  const CellReseal reseal_;
  std::string unopened_;
};

}  // namespace

OperationPtr reseal_cells(AuditActor actor, CellReseal reseal, StoreDone<size_t> done) {
  return OperationPtr(new ResealCells(std::move(actor), std::move(reseal), std::move(done)));
}

}  // namespace signet::store
