// Layout of the block after the header: secrets (aligned), the password's verifier if there is one, client_id, scope,
// then {u16 size, bytes} per audience and per introspect entry. The secrets come first so that a check of credentials
// touches the first three cache lines only.
#include "keystore/clients/client_record.h"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "protocol/base/check.h"

namespace signet {
namespace {

constexpr size_t kClientIdSizeMax = 128;
constexpr size_t kScopeSizeMax = 16384;
constexpr size_t kEntrySizeMax = 4096;
constexpr size_t kListEntriesMax = 255;
using EntrySize = uint16_t;
static_assert(kScopeSizeMax <= UINT16_MAX && kEntrySizeMax <= UINT16_MAX && kClientIdSizeMax <= UINT8_MAX &&
              kListEntriesMax <= UINT8_MAX);

bool list_fits(const std::vector<std::string>& list) {
  return list.size() <= kListEntriesMax &&
         std::all_of(list.begin(), list.end(), [](const auto& entry) { return entry.size() <= kEntrySizeMax; });
}

size_t packed_size(const std::vector<std::string>& list) {
  size_t size = 0;
  for (const auto& entry : list) size += sizeof(EntrySize) + entry.size();
  return size;
}

char* append(char* to, std::string_view text) {
  if (!text.empty()) std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

char* append(char* to, const std::vector<std::string>& list) {
  for (const auto& entry : list) {
    const auto size = static_cast<EntrySize>(entry.size());
    std::memcpy(to, &size, sizeof size);
    to = append(to + sizeof size, entry);
  }
  return to;
}

// The entry at `from`, which moves behind it.
std::string_view take_entry(const char*& from) {
  EntrySize size = 0;
  std::memcpy(&size, from, sizeof size);
  const std::string_view entry(from + sizeof size, size);
  from = entry.data() + size;
  return entry;
}

}  // namespace

bool fits_client_record(const Client& client) {
  return client.client_id.size() <= kClientIdSizeMax && client.scope.size() <= kScopeSizeMax &&
         list_fits(client.audiences) && list_fits(client.introspect) && client.secrets.size() <= kClientSecretsMax &&
         client.grants <= UINT8_MAX && client.flags <= UINT8_MAX;
}

// The one place that sees the private half of a record.
struct ClientRecordAccess {
  static constexpr size_t kHeaderSize = sizeof(ClientRecord);
  static_assert(kHeaderSize % alignof(ClientSecret) == 0);
  static_assert(sizeof(ClientSecret) % alignof(PasswordVerifier) == 0);

  static const char* tail(const ClientRecord& record) { return reinterpret_cast<const char*>(&record) + kHeaderSize; }
  static const ClientSecret* secrets(const ClientRecord& record) {
    return reinterpret_cast<const ClientSecret*>(tail(record));
  }
  static const char* behind_secrets(const ClientRecord& record) {
    return tail(record) + sizeof(ClientSecret) * record.secret_count_;
  }
  static const PasswordVerifier* password(const ClientRecord& record) {
    return record.has_password_ ? reinterpret_cast<const PasswordVerifier*>(behind_secrets(record)) : nullptr;
  }
  static const char* text(const ClientRecord& record) {
    return behind_secrets(record) + (record.has_password_ ? sizeof(PasswordVerifier) : 0);
  }
  static const char* lists(const ClientRecord& record) {
    return text(record) + record.client_id_size_ + record.scope_size_;
  }

  static ClientRecord* make(const Client& client) {
    const size_t size = kHeaderSize + sizeof(ClientSecret) * client.secrets.size() +
                        (client.password ? sizeof(PasswordVerifier) : 0) + client.client_id.size() +
                        client.scope.size() + packed_size(client.audiences) + packed_size(client.introspect);
    void* block = std::malloc(size);
    if (block == nullptr) throw std::bad_alloc();
    auto* record = new (block) ClientRecord();
    record->size_ = static_cast<uint32_t>(size);
    fill_header(client, *record);
    char* to = static_cast<char*>(block) + kHeaderSize;
    for (size_t i = 0; i < client.secrets.size(); ++i) {
      new (to) ClientSecret(client.secrets[i]);
      to += sizeof(ClientSecret);
      record->last_used_minute_[i].store(client.secrets[i].last_used_minute, std::memory_order_relaxed);
    }
    if (client.password) {
      new (to) PasswordVerifier(*client.password);
      to += sizeof(PasswordVerifier);
    }
    to = append(append(to, client.client_id), client.scope);
    append(append(to, client.audiences), client.introspect);
    return record;
  }

  static void fill_header(const Client& client, ClientRecord& record) {
    record.revision_ = client.revision;
    record.tenant_ = client.tenant;
    record.ttl_s_ = client.ttl_s;
    record.scope_size_ = static_cast<uint16_t>(client.scope.size());
    record.client_id_size_ = static_cast<uint8_t>(client.client_id.size());
    record.algorithm_ = client.algorithm;
    record.grants_ = static_cast<uint8_t>(client.grants);
    record.flags_ = static_cast<uint8_t>(client.flags);
    record.audience_count_ = static_cast<uint8_t>(client.audiences.size());
    record.introspect_count_ = static_cast<uint8_t>(client.introspect.size());
    record.secret_count_ = static_cast<uint8_t>(client.secrets.size());
    record.has_password_ = client.password.has_value();
    record.created_at_ = client.created_at;
  }

  static void raise_last_used(const ClientRecord& record, size_t index, uint32_t minute) {
    auto& slot = record.last_used_minute_[index];
    if (slot.load(std::memory_order_relaxed) < minute) slot.store(minute, std::memory_order_relaxed);
  }
};

std::string_view ClientRecord::client_id() const { return {ClientRecordAccess::text(*this), client_id_size_}; }

std::string_view ClientRecord::scope() const {
  return {ClientRecordAccess::text(*this) + client_id_size_, scope_size_};
}

std::string_view ClientRecord::audience(size_t index) const {
  SIGNET_CHECK(index < audience_count_);
  const char* at = ClientRecordAccess::lists(*this);
  for (size_t i = 0; i < index; ++i) take_entry(at);
  return take_entry(at);
}

std::string_view ClientRecord::introspect(size_t index) const {
  SIGNET_CHECK(index < introspect_count_);
  const char* at = ClientRecordAccess::lists(*this);
  for (size_t i = 0; i < audience_count_ + index; ++i) take_entry(at);
  return take_entry(at);
}

const ClientSecret& ClientRecord::secret(size_t index) const {
  SIGNET_CHECK(index < secret_count_);
  return ClientRecordAccess::secrets(*this)[index];
}

const PasswordVerifier* ClientRecord::password() const { return ClientRecordAccess::password(*this); }

size_t ClientRecord::resident_bytes() const {
  // glibc keeps one word beside each block.
  return malloc_usable_size(const_cast<ClientRecord*>(this)) + sizeof(size_t);
}

bool ClientRecord::mark_used(size_t index, uint32_t unix_minute) const {
  SIGNET_CHECK(index < secret_count_);
  auto& slot = last_used_minute_[index];
  if (slot.load(std::memory_order_relaxed) >= unix_minute) return false;
  slot.store(unix_minute, std::memory_order_relaxed);
  return true;
}

uint32_t ClientRecord::last_used_minute(size_t index) const {
  SIGNET_CHECK(index < secret_count_);
  return last_used_minute_[index].load(std::memory_order_relaxed);
}

Client ClientRecord::unpack() const {
  Client client;
  client.tenant = tenant_;
  client.client_id = client_id();
  client.grants = grants_;
  client.flags = flags_;
  client.scope = scope();
  client.algorithm = algorithm_;
  client.ttl_s = ttl_s_;
  client.created_at = created_at_;
  client.revision = revision_;
  const char* at = ClientRecordAccess::lists(*this);
  for (size_t i = 0; i < audience_count_; ++i) client.audiences.emplace_back(take_entry(at));
  for (size_t i = 0; i < introspect_count_; ++i) client.introspect.emplace_back(take_entry(at));
  for (size_t i = 0; i < secret_count_; ++i) {
    client.secrets.push_back(secret(i));
    client.secrets.back().last_used_minute = last_used_minute(i);
  }
  if (const PasswordVerifier* verifier = password()) client.password = *verifier;
  return client;
}

void ClientRecordDeleter::operator()(const ClientRecord* record) const {
  static_assert(std::is_trivially_destructible_v<ClientRecord> && std::is_trivially_destructible_v<ClientSecret> &&
                std::is_trivially_destructible_v<PasswordVerifier>);
  std::free(const_cast<ClientRecord*>(record));
}

ClientRecordPointer make_client_record(const Client& client) {
  SIGNET_CHECK(fits_client_record(client));
  return ClientRecordPointer(ClientRecordAccess::make(client));
}

void carry_last_used(const ClientRecord& from, const ClientRecord& to) {
  for (size_t i = 0; i < to.secret_count(); ++i) {
    for (size_t j = 0; j < from.secret_count(); ++j) {
      if (to.secret(i).hash != from.secret(j).hash) continue;
      ClientRecordAccess::raise_last_used(to, i, from.last_used_minute(j));
    }
  }
}

}  // namespace signet
