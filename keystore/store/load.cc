#include "keystore/store/load.h"

#include <fmt/format.h>

#include <mutex>
#include <thread>
#include <vector>

#include "keystore/store/keys.h"
#include "keystore/store/load_feeds.h"
#include "keystore/store/rows.h"

namespace signet::store {
namespace {

using Result = std::expected<void, std::string>;

// Visits [from, to); `use` answers false for a row that cannot be read.
Result load_range(const Database& database, Family family, std::string_view name, std::string_view from,
                  std::string_view to, const Database::Visit& use) {
  bool readable = true;
  const auto scanned = database.scan(family, from, to, [&](auto key, auto value) {
    readable = use(key, value);
    return readable;
  });
  if (!scanned) return std::unexpected(scanned.error().text);
  if (!readable) return std::unexpected(fmt::format("a record of the family {} cannot be read", name));
  return {};
}

template <typename Row, typename Take>
Result load_family(const Database& database, Family family, std::string_view name,
                   std::optional<Row> (*decode)(std::string_view, std::string_view), const Take& take) {
  return load_range(database, family, name, {}, {}, [&](auto key, auto value) {
    auto row = decode(key, value);
    if (row) take(std::move(*row));
    return row.has_value();
  });
}

Result load_tenants(const Database& database, StoreLoader& loader) {
  // The rows by name come after the last number.
  return load_range(database, Family::kTenants, "tenants", {}, tenant_prefix(kNoTenant), [&](auto key, auto value) {
    const auto number = key_tenant(key);
    auto row = number ? decode_tenant(*number, value) : std::nullopt;
    if (row) loader.on_tenant(std::move(*row));
    return row.has_value();
  });
}

Result load_clients_between(const Database& database, StoreLoader& loader, std::string_view from, std::string_view to) {
  ClientCodec codec;
  Client client;  // reused: a million rows would otherwise allocate a million of everything
  return load_range(database, Family::kClients, "clients", from, to, [&](auto key, auto value) {
    const auto tenant = key_tenant(key);
    if (!tenant || !codec.decode(value, client)) return false;
    client.tenant = *tenant;
    client.client_id.assign(key_rest(key));
    loader.on_client(client);
    return true;
  });
}

Result load_clients(const Database& database, StoreLoader& loader) {
  const std::string middle = database.middle(Family::kClients);
  if (middle.empty()) return load_clients_between(database, loader, {}, {});
  Result upper;
  std::thread other([&] { upper = load_clients_between(database, loader, middle, {}); });
  const Result lower = load_clients_between(database, loader, {}, middle);
  other.join();
  return lower ? upper : lower;
}

// Rows are read and decoded by two threads and taken a batch at a time, by one of them at once.
class RevocationLoad {
 public:
  RevocationLoad(const Database& database, StoreLoader& loader, UnixSeconds safe_now)
      : database_(database), loader_(loader), safe_now_(safe_now) {}

  Result run() {
    loader_.reserve_revocations(database_.estimated_rows(Family::kRevocations));
    const std::string middle = database_.middle(Family::kRevocations);
    if (middle.empty()) return load_between({}, {});
    Result upper;
    std::thread other([&] { upper = load_between(middle, {}); });
    const Result lower = load_between({}, middle);
    other.join();
    return lower ? upper : lower;
  }

 private:
  static constexpr size_t kBatch = 4096;

  Result load_between(std::string_view from, std::string_view to) {
    RevocationCodec codec;
    std::vector<Revocation> batch(kBatch);  // its texts keep their memory
    size_t used = 0;
    const auto give = [&] {
      const std::lock_guard lock(mutex_);
      loader_.on_revocations({batch.data(), used});
      used = 0;
    };
    Result result = load_range(database_, Family::kRevocations, "revocations", from, to, [&](auto key, auto value) {
      if (!codec.decode(key, value, batch[used])) return false;
      if (revocation_over(batch[used].expires_at, safe_now_)) return true;
      if (++used == kBatch) give();
      return true;
    });
    if (used != 0) give();
    return result;
  }

  const Database& database_;
  StoreLoader& loader_;
  const UnixSeconds safe_now_;
  std::mutex mutex_;  // on_revocations
};

}  // namespace

std::expected<void, std::string> load_rows(const Database& database, StoreLoader& loader, UnixSeconds safe_now) {
  Result result = load_tenants(database, loader);
  if (result) {
    result = load_family(database, Family::kSecrets, "secrets", decode_secret,
                         [&](SecretRow row) { loader.on_secret(std::move(row)); });
  }
  if (result) {
    result =
        load_family(database, Family::kKeys, "keys", decode_key, [&](KeyRow row) { loader.on_key(std::move(row)); });
  }
  if (result) result = RevocationLoad(database, loader, safe_now).run();
  if (result) result = load_feeds(database, loader);
  if (result) result = load_clients(database, loader);
  if (result) {
    result = load_family(database, Family::kLastUsed, "last_used", decode_last_used,
                         [&](const LastUsedRow& row) { loader.on_last_used(row); });
  }
  return result;
}

}  // namespace signet::store
