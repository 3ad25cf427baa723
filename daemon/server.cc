#include "daemon/server.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <future>
#include <thread>

#include "daemon/descriptor_limit.h"
#include "daemon/dev_dialects.h"
#include "daemon/dev_mode.h"
#include "daemon/dialect_start.h"
#include "daemon/key_rotation.h"
#include "daemon/log.h"
#include "keystore/vault/credential.h"

namespace signet {
namespace {

constexpr uint32_t kAdminBodyDeadlineMs = 60'000;  // a chunk of an import over a slow pipe
constexpr uint32_t kProxySocketMode = 0660;        // a proxy in front is of the socket's group

http::Limits admin_limits() {
  http::Limits limits;
  limits.body_deadline_ms = kAdminBodyDeadlineMs;
  limits.body_size_max = AdminService::kBodySizeMax;
  limits.output_size_max = 4 * AdminService::kBodySizeMax;  // pages of a listing
  limits.connections_max = 256;
  limits.in_flight_max = 256;
  return limits;
}

std::string listen_failure(const std::string& error) {
  return fmt::format(
      "cannot listen on {}\nIf another process has the address, stop it, or choose another one "
      "(`listen` and `console_listen` in the configuration, --port with --dev).",
      error);
}

std::string make_data_dir(const std::string& path) {
  std::error_code error;
  bool made = std::filesystem::create_directories(path, error);
  if (error) {
    return fmt::format(
        "the data directory {} cannot be made: {}\nMake it, or set `data_dir` to a place this user may "
        "write to.",
        path, error.message());
  }
  if (made) ::chmod(path.c_str(), 0700);
  return {};
}

void log_overdue_key(const KeyDuty& duty, const StoreError& error) {
  log_event(LogLevel::kWarning, "key_step_refused",
            {{"step", key_duty_name(duty.kind)}, {"kid", duty.kid}, {"why", error.text}});
}

void log_pkcs11_event(Pkcs11Event event, const std::string& text) {
  switch (event) {
    case Pkcs11Event::kLost:
      return log_event(LogLevel::kError, "pkcs11_lost", {{"why", text}, {"effect", "its keys sign nothing: 503"}});
    case Pkcs11Event::kBack:
      return log_event(LogLevel::kInfo, "pkcs11_back", {{"token", text}});
    case Pkcs11Event::kPinRefused:
      return log_event(LogLevel::kError, "pkcs11_pin_refused",
                       {{"why", text}, {"do", "correct pkcs11_pin_file, then restart; nothing is tried again before"}});
    case Pkcs11Event::kSignature:
      return log_event(LogLevel::kError, "pkcs11_signature_failed", {{"why", text}});
    case Pkcs11Event::kObject:
      return log_event(LogLevel::kWarning, "pkcs11_object_kept", {{"why", text}});
  }
}

bool opens_by_hand_alone(const Config& config) {
  std::error_code error;
  if (!config.vault_credential.empty()) {
    const auto credential = parse_vault_credential(config.vault_credential);
    const auto secret =
        credential ? secret_of_credential(*credential) : std::unexpected(VaultError::kBadCredentialName);
    const bool missing =
        !secret && (secret.error() == VaultError::kNoCredentials || secret.error() == VaultError::kCredentialMissing);
    if (!missing) return false;
  } else if (std::filesystem::exists(config.key_file, error)) {
    return false;
  }
  const auto summary = read_vault_summary(config.data_dir);
  return summary && std::ranges::any_of(summary->slots, [](const VaultSlotInfo& slot) {
           return slot.kind == slot_kind_name(SlotKind::kPassphrase) || slot.kind == slot_kind_name(SlotKind::kShares);
         });
}

}  // namespace

ServiceSettings service_settings(const Config& config, size_t workers) {
  return {.token_ttl_s = config.token_ttl_s,
          .token_ttl_max_s = config.token_ttl_max_s,
          .jwks_max_age_s = config.jwks_max_age_s,
          .batch_entries_max = config.batch_entries_max,
          .batch_entries_per_client = config.batch_entries_per_client,
          .feed_waiting_max = config.feed_waiting_max,
          .refresh_idle_s = config.refresh_idle_s,
          .refresh_absolute_s = config.refresh_absolute_s,
          .refresh_grace_s = config.refresh_grace_s,
          .body_size_max = config.limits.body_size_max,
          .workers = workers,
          .client_limit = make_rate_limit(config.client_rate_per_s, config.client_burst, workers),
          .address_limit = make_rate_limit(config.address_rate_per_s, config.address_burst, workers),
          .failed_authentication_limit =
              make_rate_limit(config.failed_authentication_rate_per_s, config.failed_authentication_burst, workers)};
}

Server::Server(Config config, std::string config_path)
    : config_(std::move(config)), config_path_(std::move(config_path)) {}

Server::~Server() { close_all(); }

// The order matters: nothing on disk is touched while an address is taken, nobody is served before the keys are there,
// and `ready` is said when everything listens.
std::string Server::start() {
  for (auto step : {&Server::check_descriptors, &Server::parse_addresses, &Server::load_dialects, &Server::probe,
                    &Server::start_signer, &Server::unseal, &Server::open_keystore, &Server::open_issuance,
                    &Server::prepare_dialects, &Server::probe, &Server::start_workers, &Server::start_admin,
                    &Server::prepare_sink, &Server::start_console}) {
    if (std::string error = (this->*step)(); !error.empty()) return error;
    if (stopped_while_sealed_) break;
  }
  return {};
}

// Connections are file descriptors: take all that the hard limit gives.
std::string Server::check_descriptors() {
  descriptors_ = raise_descriptor_limit();
  const uint32_t wanted = config_.limits.connections_max;
  const uint32_t fit = connections_that_fit(descriptors_, worker_count(), wanted);
  if (fit == wanted || fit >= kWorkerConnectionsMin) return {};
  return too_few_descriptors(descriptors_, worker_count());
}

http::Limits Server::worker_limits() const {
  http::Limits limits = config_.limits;
  const uint32_t fit = connections_that_fit(descriptors_, worker_count(), limits.connections_max);
  if (fit == limits.connections_max) return limits;
  limits.connections_max = std::max(fit, 1u);
  log_event(LogLevel::kWarning, "connections_lowered",
            {{"limits.connections_max", fmt::format("{}", config_.limits.connections_max)},
             {"used", fmt::format("{}", limits.connections_max)},
             {"descriptors", fmt::format("{}", descriptors_)},
             {"why", "more connections than file descriptors: raise LimitNOFILE"}});
  return limits;
}

std::string Server::parse_addresses() {
  auto parse = [](const std::vector<std::string>& texts, std::vector<http::ListenAddress>& to) -> std::string {
    for (const std::string& text : texts) {
      auto address = http::parse_listen_address(text);
      if (!address) return fmt::format("{} is no address to listen on", text);
      if (address->kind == http::ListenAddress::Kind::kUnix) address->unix_mode = kProxySocketMode;
      to.push_back(std::move(*address));
    }
    return {};
  };
  std::string error = parse(config_.listen, listen_);
  return error.empty() ? parse(config_.console_listen, console_listen_) : error;
}

// Workers share their port by SO_REUSEPORT, and a second daemon of the same user would silently share it too.
std::string Server::probe() {
  for (const auto* addresses : {&listen_, &console_listen_}) {
    for (const http::ListenAddress& address : *addresses) {
      if (std::string error = http::probe_bind(address); !error.empty()) return listen_failure(error);
    }
  }
  return {};
}

size_t Server::worker_count() const {
  return config_.workers != 0 ? config_.workers : std::max(1u, std::thread::hardware_concurrency());
}

// Without the key file the vault may still have slots that people open.
std::string Server::unseal() {
  if (!config_.start_sealed && !opens_by_hand_alone(config_)) return {};
  if (std::string error = make_data_dir(config_.data_dir); !error.empty()) return error;
  auto unsealed = serve_sealed(config_, listen_);
  if (!unsealed) return unsealed.error();
  stopped_while_sealed_ = !unsealed->has_value();
  unsealed_ = std::move(*unsealed);
  return {};
}

std::string Server::open_keystore() {
  if (std::string error = make_data_dir(config_.data_dir); !error.empty()) return error;
  auto opened = Keystore::open({.data_dir = config_.data_dir,
                                .key_file = config_.key_file,
                                .rollback_anchor = config_.rollback_anchor,
                                .vault_credential = config_.vault_credential,
                                .create = true,
                                .workers = worker_count(),
                                .issuer = config_.issuer,
                                .jwks_max_age_s = config_.jwks_max_age_s,
                                .ttl_s_max = config_.token_ttl_max_s,
                                .key_schedule = key_schedule(config_),
                                .password_cost = config_.dev ? kDevPasswordCost : PasswordCost{},
                                .clock_skew_s = config_.clock_skew_s,
                                .on_storage_failed = [this](const std::string& why) { storage_failure_.fail(why); },
                                .on_key_overdue = log_overdue_key,
                                .pkcs11 = {.module = config_.pkcs11_module,
                                           .token = config_.pkcs11_token,
                                           .pin_file = config_.pkcs11_pin_file,
                                           .threads = config_.pkcs11_threads,
                                           .queue_max = config_.pkcs11_queue_max},
                                .on_pkcs11_event = log_pkcs11_event},
                               unsealed_ ? std::move(unsealed_->vault) : nullptr);
  if (!opened) return opened.error().text;
  keystore_ = std::move(*opened);
  if (unsealed_) keystore_->store().append_audit(unsealed_->actor, "vault.unseal", "{}", [](const auto&) {});
  if (!keystore_->store().status().boot_known) {
    log_event(LogLevel::kWarning, "boot_id_unreadable",
              {{"file", "/proc/sys/kernel/random/boot_id"},
               {"effect", "a stop of more than an hour needs `signetctl clock accept`, within one boot too"}});
  }
  shared_ = std::make_unique<ServiceShared>(service_settings(config_, worker_count()));
  if (!config_.dev) return {};
  auto prepared = prepare_dev(*keystore_, config_.data_dir);
  return prepared ? std::string() : prepared.error();
}

std::string Server::load_dialects() {
  auto loaded = signet::load_dialects(dialect_choice(config_));
  if (!loaded) return loaded.error();
  for (const std::string& warning : loaded->warnings) {
    log_event(LogLevel::kWarning, "dialect_warning", {{"text", warning}});
  }
  loaded_dialects_ = std::move(loaded->set);
  return {};
}

std::string Server::prepare_dialects() {
  std::promise<std::string> made;
  make_dialect_keys(*keystore_, *loaded_dialects_, [&made](std::string error) { made.set_value(std::move(error)); });
  if (std::string error = made.get_future().get(); !error.empty()) return error;
  if (config_.dev) {
    auto prepared = prepare_dev_dialects(*keystore_, *loaded_dialects_, config_.data_dir);
    if (!prepared) return prepared.error();
  }
  passwords_ = std::make_unique<PasswordPool>(keystore_->passwords(), config_.password_threads);
  dialects_.passwords = passwords_.get();
  dialects_.set.publish(std::move(loaded_dialects_), keystore_->domain());
  return {};
}

std::string Server::start_workers() {
  // The loop that is told of a worker's end.
  admin_ = std::make_unique<AdminService>(AdminScope{.keystore = *keystore_,
                                                     .shared = *shared_,
                                                     .dialects = &dialects_,
                                                     .issuance_directory = issuance_directory(),
                                                     .status = [this] { return status(); },
                                                     .readiness_changed = [this] { refresh_readiness(); },
                                                     .seal =
                                                         [this] {
                                                           if (stopping_) return;
                                                           sealing_ = true;
                                                           begin_stop();
                                                         }});
  admin_loop_ = http::ServerLoop::create(admin_limits(), *admin_);
  admin_->attach(*admin_loop_);
  size_t count = worker_count();
  const http::Limits limits = worker_limits();
  refresh_readiness();  // before the first request asks
  for (size_t index = 0; index < count; ++index) {
    workers_.push_back(
        std::make_unique<Worker>(WorkerSetup{.keystore = *keystore_,
                                             .shared = *shared_,
                                             .dialects = &dialects_,
                                             .index = index,
                                             .listen = listen_,
                                             .reuse_port = count > 1,
                                             .limits = limits,
                                             .verify_cache_entries = config_.verify_cache_entries,
                                             .trusted_proxies = config_.trusted_proxies,
                                             .on_end = [this] { admin_loop_->post([this] { worker_ended(); }); }}));
  }
  std::string first_error;
  for (auto& worker : workers_) {
    std::string error = worker->wait_listening();
    if (error.empty()) ++workers_running_;
    if (first_error.empty()) first_error = std::move(error);
  }
  return first_error.empty() ? std::string() : listen_failure(first_error);
}

std::string Server::start_admin() {
  http::ListenAddress address{
      .kind = http::ListenAddress::Kind::kUnix, .path = config_.data_dir + "/admin.sock", .unix_mode = 0600};
  std::string error = admin_loop_->listen(address, false);
  if (error.empty()) return {};
  return fmt::format(
      "cannot make the admin socket: {}\nIts path is DATA/admin.sock and at most 107 characters long; "
      "choose a shorter data directory if it is longer.",
      error);
}

std::string Server::start_console() {
  console_ = std::make_unique<Console>([this] { return metrics(); });
  std::string error = console_->start(console_listen_);
  return error.empty() ? std::string() : listen_failure(error);
}

}  // namespace signet
