// Server on SIGHUP: the file is read again; a mistake in it changes nothing.
#include <fmt/format.h>

#include <chrono>
#include <future>

#include "daemon/dialect_start.h"
#include "daemon/key_rotation.h"
#include "daemon/log.h"
#include "daemon/server.h"

namespace signet {
namespace {

constexpr std::chrono::seconds kPromiseDeadline{5};

// A line of the log for each mistake: a field is cut at some length.
void log_mistakes(std::string_view event, std::string_view text) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    log_event(LogLevel::kError, event, {{"why", text.substr(0, end)}});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

void Server::reload() {
  if (config_path_.empty()) {
    return log_event(LogLevel::kInfo, "reload_skipped", {{"why", "--dev has no configuration file"}});
  }
  auto loaded = load_config(config_path_);
  if (!loaded) {
    return log_mistakes("reload_failed", loaded.error());
  }
  std::string issuer = config_.issuer;
  uint32_t jwks_max_age_s = config_.jwks_max_age_s;
  for (const std::string& key : apply_reload(*loaded, config_)) {
    log_event(LogLevel::kWarning, "reload_needs_restart", {{"key", key}});
  }
  apply_settings(issuer, jwks_max_age_s);
  reload_dialects();
  log_event(LogLevel::kInfo, "reloaded", {{"file", config_path_}});
}

// As the rest of the configuration: a mistake in a file leaves all dialects as they were.
void Server::reload_dialects() {
  if (std::string error = load_dialects(); !error.empty()) return log_mistakes("reload_failed", error);
  auto set = std::move(loaded_dialects_);
  make_dialect_keys(*keystore_, *set, [](const std::string& error) {
    if (!error.empty()) log_event(LogLevel::kError, "reload_failed", {{"why", error}});
  });
  dialects_.set.publish(std::move(set), keystore_->domain());
}

// Key sets are served with a longer max-age only when every key knows of it: the lead of a key counts from there. The
// admin loop waits meanwhile, for one commit.
bool Server::promise_max_age() {
  auto promise = std::make_shared<std::promise<std::string>>();
  auto result = promise->get_future();
  keystore_->set_jwks_max_age(config_.jwks_max_age_s, [promise](const std::expected<void, StoreError>& done) {
    promise->set_value(done ? std::string() : done.error().text);
  });
  const bool told = result.wait_for(kPromiseDeadline) == std::future_status::ready;
  const std::string error = told ? result.get() : "the store does not answer";
  if (!error.empty()) log_event(LogLevel::kError, "reload_failed", {{"key", "jwks_max_age_s"}, {"why", error}});
  return error.empty();
}

void Server::apply_settings(const std::string& issuer_before, uint32_t jwks_max_age_s_before) {
  log_set_level(config_.log_level);
  const bool longer = config_.jwks_max_age_s > jwks_max_age_s_before;
  if (longer && !promise_max_age()) config_.jwks_max_age_s = jwks_max_age_s_before;
  shared_->settings.publish(std::make_unique<const ServiceSettings>(service_settings(config_, worker_count())),
                            keystore_->domain());
  if (config_.jwks_max_age_s < jwks_max_age_s_before) promise_max_age();
  const http::Limits limits = worker_limits();
  for (auto& worker : workers_) {
    worker->loop().set_limits(limits);
    worker->loop().set_trusted_proxies(config_.trusted_proxies);
  }
  keystore_->set_key_schedule(key_schedule(config_));
  if (config_.issuer == issuer_before) return;
  keystore_->set_issuer(config_.issuer, [](std::expected<void, StoreError> done) {
    if (!done) log_event(LogLevel::kError, "reload_failed", {{"why", done.error().text}});
  });
}

}  // namespace signet
