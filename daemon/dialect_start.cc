#include "daemon/dialect_start.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace signet {
namespace {

constexpr std::string_view kOn = "=on";
constexpr std::string_view kOff = "=off";

// Joins the completions of several keys.
struct Joined {
  std::mutex mutex;
  size_t left = 0;
  std::string first_error;
  std::function<void(std::string)> done;
};

}  // namespace

DialectChoice dialect_choice(const Config& config) {
  DialectChoice choice{.shipped = config.dialects,
                       .directory = config.dialect_dir,
                       .directory_may_be_missing = config.dev,
                       .switches = {}};
  for (const std::string& text : config.dialect_switches) {  // checked with the configuration
    const bool on = text.ends_with(kOn);
    choice.switches.emplace_back(text.substr(0, text.size() - (on ? kOn : kOff).size()), on);
  }
  return choice;
}

void make_dialect_keys(Keystore& keystore, const DialectSet& set, std::function<void(std::string error)> done) {
  // Copies: the first change that is submitted may free the snapshot.
  std::vector<KeyPurpose> missing;
  const TenantKeys* tenant = keystore.keys().tenant(0);
  for (const auto& dialect : set.dialects()) {
    if (!dialect->token || (tenant != nullptr && tenant->dialect_key(dialect->name) != nullptr)) continue;
    missing.push_back({.algorithm = dialect->token->alg, .audience = {}, .dialect = dialect->name});
  }
  if (missing.empty()) return done({});
  auto joined = std::make_shared<Joined>();
  joined->left = missing.size();
  joined->done = std::move(done);
  const AuditActor actor{
      .uid = static_cast<uint32_t>(::getuid()), .pid = static_cast<uint32_t>(::getpid()), .via = "dialects"};
  for (KeyPurpose& purpose : missing) {
    const std::string name = purpose.dialect;
    keystore.generate_key(actor, 0, std::move(purpose), [joined, name](std::expected<KeyRow, StoreError> made) {
      std::unique_lock lock(joined->mutex);
      if (!made && joined->first_error.empty()) {
        joined->first_error = fmt::format("no key for the dialect {}: {}", name, made.error().text);
      }
      if (--joined->left > 0) return;
      lock.unlock();
      joined->done(joined->first_error);
    });
  }
}

}  // namespace signet
