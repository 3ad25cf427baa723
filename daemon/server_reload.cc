// Server on SIGHUP: the file is read again; a mistake in it changes nothing.
#include <fmt/format.h>

#include <algorithm>

#include "daemon/dialect_start.h"
#include "daemon/key_rotation.h"
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
  if (sink_) sink_->reopen();
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

void Server::publish_settings(uint32_t jwks_max_age_s) {
  ServiceSettings settings = service_settings(config_, worker_count());
  settings.jwks_max_age_s = jwks_max_age_s;
  shared_->settings.publish(std::make_unique<const ServiceSettings>(settings), keystore_->domain());
}

// Key sets are served with a longer max-age only when every key knows of it, since its lead counts from there; with a
// shorter one at once, and the keys hear of it afterwards. This loop is a reader itself, so that it must not wait.
void Server::apply_max_age(uint32_t before) {
  const uint32_t now = config_.jwks_max_age_s;
  publish_settings(std::min(now, before));
  if (now == before) return;
  keystore_->set_jwks_max_age(now, [this, now](const std::expected<void, StoreError>& done) {
    const std::string error = done ? std::string() : done.error().text;
    admin_loop_->post([this, now, error] {
      if (!error.empty()) {
        return log_event(LogLevel::kError, "reload_failed", {{"key", "jwks_max_age_s"}, {"why", error}});
      }
      if (config_.jwks_max_age_s == now) publish_settings(now);  // else another reload came between
    });
  });
}

void Server::apply_settings(const std::string& issuer_before, uint32_t jwks_max_age_s_before) {
  log_set_level(config_.log_level);
  apply_max_age(jwks_max_age_s_before);
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
