// Server on SIGHUP: the file is read again; a mistake in it changes nothing.
#include <fmt/format.h>

#include "daemon/dialect_start.h"
#include "daemon/log.h"
#include "daemon/server.h"

namespace signet {
namespace {

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

void Server::apply_settings(const std::string& issuer_before, uint32_t jwks_max_age_s_before) {
  log_set_level(config_.log_level);
  shared_->settings.publish(std::make_unique<const ServiceSettings>(service_settings(config_, worker_count())),
                            keystore_->domain());
  const http::Limits limits = worker_limits();
  for (auto& worker : workers_) {
    worker->loop().set_limits(limits);
    worker->loop().set_trusted_proxies(config_.trusted_proxies);
  }
  if (config_.issuer == issuer_before && config_.jwks_max_age_s == jwks_max_age_s_before) return;
  keystore_->set_issuer(config_.issuer, config_.jwks_max_age_s, [](std::expected<void, StoreError> done) {
    if (!done) log_event(LogLevel::kError, "reload_failed", {{"why", done.error().text}});
  });
}

}  // namespace signet
