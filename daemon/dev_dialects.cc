#include "daemon/dev_dialects.h"

#include <fmt/format.h>
#include <unistd.h>

#include <ctime>
#include <future>
#include <optional>
#include <vector>

#include "daemon/dialect/datafor/answers.h"
#include "daemon/dialect/datafor/configuration.h"
#include "daemon/dialect/vcloud/names.h"
#include "daemon/dialect/vcloud/registration.h"
#include "daemon/dialect/vcloud/session.h"
#include "daemon/secret_file.h"
#include "keystore/clients/client_secret.h"
#include "protocol/base/secret_bytes.h"
#include "protocol/json/reader.h"
#include "protocol/json/writer.h"

namespace signet {
namespace {

const AuditActor kActor{
    .uid = static_cast<uint32_t>(::getuid()), .pid = static_cast<uint32_t>(::getpid()), .via = "dev"};

constexpr size_t kPasswordSize = 20;  // of 66 characters: 120 bits

// Waits for an asynchronous change and gives its result.
template <typename T, typename Ask>
std::expected<T, std::string> wait_for(Ask ask) {
  std::promise<std::expected<T, std::string>> promise;
  auto result = promise.get_future();
  ask(StoreDone<T>([&promise](std::expected<T, StoreError> done) {
    if (done) {
      promise.set_value(std::move(*done));
    } else {
      promise.set_value(std::unexpected(done.error().text));
    }
  }));
  return result.get();
}

// What demo.json had, and what it is to have.
class Accounts {
 public:
  explicit Accounts(const std::string& kept) {
    if (auto read = read_json(kept)) before_ = std::move(*read);
  }
  // The value that was there, empty otherwise.
  std::string kept(std::string_view dialect, std::string_view member) const {
    const JsonValue* own = before_.find(dialect);
    const std::string* text = own == nullptr ? nullptr : own->find_string(member);
    return text == nullptr ? std::string() : *text;
  }
  void set(std::string_view dialect, std::string_view member, std::string_view value) {
    if (dialects_.empty() || dialects_.back().name != dialect) dialects_.push_back({std::string(dialect), {}});
    dialects_.back().members.emplace_back(member, value);
  }
  std::string text() const {
    std::string out(size_t{8} * 1024, '\0');
    JsonWriter json(out);
    json.begin_object();
    for (const auto& dialect : dialects_) {
      json.key_text(dialect.name);
      json.begin_object();
      for (const auto& [name, value] : dialect.members) {
        json.key_text(name);
        json.string(value);
      }
      json.end_object();
    }
    json.end_object();
    out.resize(json.size());
    return out;
  }

 private:
  struct Own {
    std::string name;
    std::vector<std::pair<std::string, std::string>> members;
  };
  JsonValue before_;
  std::vector<Own> dialects_;
};

std::string new_password() { return generate_client_secret().substr(0, kPasswordSize); }

// A client that stands for a person: the password that logs it in, which is the one that demo.json had, or a new one
// when that file is gone.
std::expected<std::string, std::string> make_person(Keystore& keystore, const std::string& id, std::string kept,
                                                    std::string_view scope) {
  const bool there = keystore.clients().find(0, id) != nullptr;
  if (there && !kept.empty()) return kept;
  std::string password = kept.empty() ? new_password() : std::move(kept);
  std::vector<PasswordWish> wishes;
  wishes.push_back({.tenant = 0, .client_id = id, .password = SecretBytes::copy_of(as_bytes(password))});
  auto verifiers = wait_for<std::vector<PasswordVerifier>>(
      [&](auto done) { keystore.hash_passwords(std::move(wishes), std::move(done)); });
  if (!verifiers) return std::unexpected(verifiers.error());
  auto stored = wait_for<Client>([&](auto done) {
    if (there) {
      ClientUpdate update;
      update.password.emplace(verifiers->front());
      update.what = "client.set-password";
      return keystore.store().update_client(kActor, 0, id, std::move(update), std::move(done));
    }
    Client client{.client_id = id, .scope = std::string(scope), .created_at = std::time(nullptr)};
    client.password = verifiers->front();
    keystore.store().add_client(kActor, std::move(client), std::move(done));
  });
  if (!stored) return std::unexpected(stored.error());
  return password;
}

std::string make_vietqr(Keystore& keystore, const Dialect&, Accounts& accounts) {
  constexpr std::string_view kName = "vietqr";
  const std::string username = "demo-vietqr";
  const auto password = make_person(keystore, username, accounts.kept(kName, "password"), "a.read");
  if (!password) return password.error();
  accounts.set(kName, "username", username);
  accounts.set(kName, "password", *password);
  return {};
}

constexpr std::string_view kDemoPhone = "48500100200";

// A client without a secret.
std::string make_client(Keystore& keystore, std::string_view id) {
  if (keystore.clients().find(0, id) != nullptr) return {};  // goes on with what is there
  Client client{.client_id = std::string(id), .scope = "a.read", .created_at = std::time(nullptr)};
  auto added =
      wait_for<Client>([&](auto done) { keystore.store().add_client(kActor, std::move(client), std::move(done)); });
  return added ? std::string() : added.error();
}

std::string make_novapost(Keystore& keystore, const Dialect&, Accounts& accounts) {
  constexpr std::string_view kName = "novapost";
  const std::string id = "demo-novapost";
  std::string key = accounts.kept(kName, "apiKey");
  if (std::string error = make_client(keystore, id); !error.empty()) return error;
  if (key.empty() || !keystore.identify_api_token(0, key)) {
    ApiToken token{.kind = ApiTokenKind::kApiKey, .client_id = id, .subject = id, .name = "demo", .scope = "a.read"};
    auto made = wait_for<Keystore::MadeApiToken>(
        [&](auto done) { keystore.create_api_token(kActor, std::move(token), std::move(done)); });
    if (!made) return made.error();
    key = as_text(made->text.expose());
  }
  accounts.set(kName, "apiKey", key);
  accounts.set(kName, "phone", kDemoPhone);
  return make_client(keystore, kDemoPhone);  // whom the sandbox gives its key to
}

// What a registration and its exchange leave behind.
std::string register_vcloud_token(Keystore& keystore, const Keystore::MadeApiToken& made) {
  const UnixMs now = std::time(nullptr) * 1000;
  const VcloudRegistration one{.id = new_uuid(),
                               .name = made.token.name,
                               .owner = made.token.client_id,
                               .created_ms = now,
                               .token = made.token.id};
  auto put = wait_for<std::vector<uint64_t>>([&](auto done) {
    keystore.change_dialect_records(kActor, put_registration(0, one, DialectRecordState::any(), 0),
                                    {.what = "vcloud.token.exchange", .subject = one.id}, std::move(done));
  });
  return put ? std::string() : put.error();
}

std::string make_vcloud(Keystore& keystore, const Dialect& dialect, Accounts& accounts) {
  constexpr std::string_view kName = "vcd";  // the member of demo.json, which scripts read; not the dialect's name
  const std::string username = "demo-vcloud";
  std::string text = accounts.kept(kName, "api_token");
  const auto password = make_person(keystore, username, accounts.kept(kName, "password"), kVcloudAdministrator);
  if (!password) return password.error();
  if (text.empty() || !keystore.identify_api_token(0, text)) {
    ApiToken token{.kind = ApiTokenKind::kVcloud,
                   .client_id = username,
                   .subject = username,
                   .name = "demo",
                   .scope = std::string(kVcloudAdministrator)};
    auto made = wait_for<Keystore::MadeApiToken>(
        [&](auto done) { keystore.create_api_token(kActor, std::move(token), std::move(done)); });
    if (!made) return made.error();
    text = as_text(made->text.expose());
    if (std::string error = register_vcloud_token(keystore, *made); !error.empty()) return error;
  }
  accounts.set(kName, "tenant",
               dialect.default_tenant_names.empty() ? "default" : dialect.default_tenant_names.front());
  accounts.set(kName, "username", username);
  accounts.set(kName, "password", *password);
  accounts.set(kName, "api_token", text);
  return {};
}

constexpr std::string_view kPublishedConfiguration = "ERP";
constexpr std::string_view kPublishedSecret = "abcd";

std::string make_datafor(Keystore& keystore, const Dialect&, Accounts& accounts) {
  constexpr std::string_view kName = "datafor";
  const std::string username = "demo-datafor";
  const auto password = make_person(keystore, username, accounts.kept(kName, "password"), kDataforAdministrator);
  if (!password) return password.error();
  accounts.set(kName, "username", username);
  accounts.set(kName, "password", *password);
  accounts.set(kName, "name", kPublishedConfiguration);
  accounts.set(kName, "privateKey", kPublishedSecret);
  if (keystore.dialect_configurations().find(0, kPublishedConfiguration) != nullptr) return {};
  DataforConfiguration configuration;
  configuration.name = kPublishedConfiguration;
  configuration.secret = kPublishedSecret;
  configuration.creator = username;
  configuration.created_ms = configuration.modified_ms = std::time(nullptr) * 1000;
  std::vector<DialectRecordChange> changes;
  changes.push_back({.tenant = 0,
                     .kind = DialectRecordKind::kDataforConfiguration,
                     .id = configuration.name,
                     .value = datafor_json(configuration, false)});
  auto made = wait_for<std::vector<uint64_t>>([&](auto done) {
    keystore.change_dialect_records(kActor, std::move(changes), {.what = "datafor.update", .subject = "ERP"},
                                    std::move(done));
  });
  return made ? std::string() : made.error();
}

struct Maker {
  std::string_view dialect;
  std::string (*make)(Keystore& keystore, const Dialect& dialect, Accounts& accounts);
};
constexpr Maker kMakers[] = {
    {"vcloud", make_vcloud}, {"vietqr", make_vietqr}, {"novapost", make_novapost}, {"datafor", make_datafor}};

}  // namespace

std::expected<void, std::string> prepare_dev_dialects(Keystore& keystore, const DialectSet& set,
                                                      const std::string& data_dir) {
  const std::string path = data_dir + "/demo.json";
  auto kept = read_secret_file(path);
  if (!kept) return std::unexpected(kept.error());
  Accounts accounts(*kept);
  for (const Maker& maker : kMakers) {
    const Dialect* dialect = set.find(maker.dialect);
    if (dialect == nullptr) continue;
    if (std::string error = maker.make(keystore, *dialect, accounts); !error.empty()) return std::unexpected(error);
  }
  const std::string text = accounts.text();
  if (text == *kept) return {};
  if (std::string error = write_secret_file(path, text); !error.empty()) return std::unexpected(error);
  return {};
}

}  // namespace signet
