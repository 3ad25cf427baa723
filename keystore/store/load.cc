#include "keystore/store/load.h"

#include <fmt/format.h>

#include <mutex>
#include <thread>
#include <vector>

#include "keystore/store/api_token_rows.h"
#include "keystore/store/dialect_record_rows.h"
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

// Resident records lie together in each tenant: the others, which may be many, are not read.
Result load_resident_records(const Database& database, StoreLoader& loader, uint32_t tenant) {
  const std::string prefix = dialect_record_prefix(tenant, DialectRecordKind::kDataforConfiguration);
  return load_range(database, Family::kDialectRecords, "dialect_records", prefix, prefix_end(prefix),
                    [&](auto key, auto value) {
                      auto record = decode_dialect_record(key, value);
                      if (record) loader.on_dialect_record(std::move(*record));
                      return record.has_value();
                    });
}

Result load_tenants(const Database& database, StoreLoader& loader) {
  std::vector<uint32_t> numbers;
  // The rows by name come after the last number.
  Result result =
      load_range(database, Family::kTenants, "tenants", {}, tenant_prefix(kNoTenant), [&](auto key, auto value) {
        const auto number = key_tenant(key);
        auto row = number ? decode_tenant(*number, value) : std::nullopt;
        if (row) {
          numbers.push_back(*number);
          loader.on_tenant(std::move(*row));
        }
        return row.has_value();
      });
  for (size_t i = 0; result && i < numbers.size(); ++i) {
    result = load_resident_records(database, loader, numbers[i]);
  }
  return result;
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

// Rows are read and decoded by two threads and taken a batch at a time, by one of them at once. `Source` says of which
// family, how they are read, which are left out, and who takes them.
template <typename Source>
class BatchedLoad {
 public:
  BatchedLoad(const Database& database, StoreLoader& loader, UnixSeconds safe_now)
      : database_(database), loader_(loader), safe_now_(safe_now) {}

  Result run() {
    Source::reserve(loader_, database_.estimated_rows(Source::kFamily));
    const std::string middle = database_.middle(Source::kFamily);
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
    Source source;
    std::vector<typename Source::Row> batch(kBatch);  // its texts keep their memory
    size_t used = 0;
    const auto give = [&] {
      const std::lock_guard lock(mutex_);
      Source::give(loader_, {batch.data(), used});
      used = 0;
    };
    Result result = load_range(database_, Source::kFamily, Source::kName, from, to, [&](auto key, auto value) {
      if (!source.decode(key, value, batch[used])) return false;
      if (Source::over(batch[used], safe_now_)) return true;
      if (++used == kBatch) give();
      return true;
    });
    if (used != 0) give();
    return result;
  }

  const Database& database_;
  StoreLoader& loader_;
  const UnixSeconds safe_now_;
  std::mutex mutex_;  // of giving
};

struct RevocationSource : RevocationCodec {
  using Row = Revocation;
  static constexpr Family kFamily = Family::kRevocations;
  static constexpr std::string_view kName = "revocations";
  static void reserve(StoreLoader& loader, size_t about) { loader.reserve_revocations(about); }
  static bool over(const Row& row, UnixSeconds safe_now) { return revocation_over(row.expires_at, safe_now); }
  static void give(StoreLoader& loader, std::span<const Row> rows) { loader.on_revocations(rows); }
};

struct ApiTokenSource {
  using Row = ApiTokenEntry;
  static constexpr Family kFamily = Family::kApiTokens;
  static constexpr std::string_view kName = "api_tokens";
  static void reserve(StoreLoader& loader, size_t about) { loader.reserve_api_tokens(about); }
  static bool over(const Row& row, UnixSeconds safe_now) { return api_token_over(row.expires_at, safe_now); }
  static void give(StoreLoader& loader, std::span<const Row> rows) { loader.on_api_tokens(rows); }
  bool decode(std::string_view key, std::string_view value, Row& row) {
    if (!decode_api_token(key, value, token)) return false;
    row = {token.tenant, token.id, token.expires_at};
    return true;
  }
  ApiToken token;  // its texts keep their memory
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
  if (result) result = BatchedLoad<RevocationSource>(database, loader, safe_now).run();
  if (result) result = BatchedLoad<ApiTokenSource>(database, loader, safe_now).run();
  if (result) result = load_feeds(database, loader);
  if (result) result = load_clients(database, loader);
  if (result) {
    result = load_family(database, Family::kLastUsed, "last_used", decode_last_used,
                         [&](const LastUsedRow& row) { loader.on_last_used(row); });
  }
  return result;
}

}  // namespace signet::store
