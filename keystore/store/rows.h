// Rows: the domain's structs as record values and back. A value that does not parse, or holds what no version wrote, is
// nothing (the store is damaged).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "keystore/store/store.h"

namespace signet::records {
class ClientRow;
class RevocationRow;
}  // namespace signet::records

namespace signet::store {

// ClientCodec keeps one message, whose memory is reused from row to row. One thread.
class ClientCodec {
 public:
  ClientCodec();
  ~ClientCodec();
  std::string encode(const Client& client);
  // Fills `client` but for tenant and client_id, which are in the key. False: damaged.
  [[nodiscard]] bool decode(std::string_view value, Client& client);

 private:
  std::unique_ptr<records::ClientRow> row_;
};

std::string encode_tenant(const TenantRow& row);
std::optional<TenantRow> decode_tenant(uint32_t number, std::string_view value);
std::string encode_tenant_number(uint32_t number);
std::optional<uint32_t> decode_tenant_number(std::string_view value);
std::string encode_key(const KeyRow& row);
// `key` is the record's key: tenant and kid.
std::optional<KeyRow> decode_key(std::string_view key, std::string_view value);
std::string encode_secret(const SecretRow& row);
std::optional<SecretRow> decode_secret(std::string_view key, std::string_view value);
std::string encode_revocation(const RevocationRow& row, const Sha256Digest& chain_hash);
struct StoredRevocation {
  RevocationRow row;
  Sha256Digest chain_hash{};
};
std::optional<StoredRevocation> decode_revocation(std::string_view key, std::string_view value);
// RevocationCodec reads many without their chain hashes; its message's memory is reused from row to row. One thread.
class RevocationCodec {
 public:
  RevocationCodec();
  ~RevocationCodec();
  // Fills `revocation`, whose memory is reused too. False: damaged.
  [[nodiscard]] bool decode(std::string_view key, std::string_view value, Revocation& revocation);

 private:
  std::unique_ptr<records::RevocationRow> row_;
};
// Whether it had expired by `safe_now`, with what is granted to clocks; false for one that cannot be read.
bool revocation_expired(std::string_view value, UnixSeconds safe_now);
// The same of its expiry alone.
constexpr bool revocation_over(UnixSeconds expires_at, UnixSeconds safe_now) {
  return expires_at + kRevocationMarginS < safe_now;
}
// The end of a tenant's feed.
struct FeedRow {
  uint64_t sequence = 0;
  Sha256Digest chain_hash{};
};
std::string encode_feed(const FeedRow& row);
std::optional<FeedRow> decode_feed(std::string_view value);
std::string encode_last_used(const LastUsedRow& row);
std::optional<LastUsedRow> decode_last_used(std::string_view key, std::string_view value);

// Record keys of the domain's rows (FORMAT.md).
std::string client_key(uint32_t tenant, std::string_view client_id);
std::string signing_key_key(uint32_t tenant, std::string_view kid);
std::string tenant_key(uint32_t number);
std::string tenant_name_key(std::string_view name);
std::string removed_tenant_key(std::string_view name);
std::string revocation_key(uint32_t tenant, uint64_t sequence);
std::string feed_key(uint32_t tenant);
std::string secret_key(std::string_view family, uint32_t version);

}  // namespace signet::store
