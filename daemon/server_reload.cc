// Server on SIGHUP: the file is read again; a mistake in it changes nothing.
#include <fmt/format.h>

#include "daemon/log.h"
#include "daemon/server.h"

namespace signet {

void Server::reload() {
  if (config_path_.empty()) {
    return log_event(LogLevel::kInfo, "reload_skipped", {{"why", "--dev has no configuration file"}});
  }
  auto loaded = load_config(config_path_);
  if (!loaded) {
    // A line of the log for each mistake: a field is cut at some length.
    std::string_view rest = loaded.error();
    while (!rest.empty()) {
      size_t end = std::min(rest.find('\n'), rest.size());
      log_event(LogLevel::kError, "reload_failed", {{"why", rest.substr(0, end)}});
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return;
  }
  std::string issuer = config_.issuer;
  uint32_t jwks_max_age_s = config_.jwks_max_age_s;
  for (const std::string& key : apply_reload(*loaded, config_)) {
    log_event(LogLevel::kWarning, "reload_needs_restart", {{"key", key}});
  }
  apply_settings(issuer, jwks_max_age_s);
  log_event(LogLevel::kInfo, "reloaded", {{"file", config_path_}});
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
