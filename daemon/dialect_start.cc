#include "daemon/dialect_start.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <vector>

namespace signet {
namespace {

constexpr std::string_view kOn = "=on";
constexpr std::string_view kOff = "=off";

// The keys that are still to be made: one after the other, since few may be under way at once.
struct Making {
  Keystore& keystore;
  AuditActor actor;
  std::vector<KeyPurpose> left;
  std::function<void(std::string)> done;
};

void make_next(const std::shared_ptr<Making>& making) {
  if (making->left.empty()) return making->done({});
  KeyPurpose purpose = std::move(making->left.back());
  making->left.pop_back();
  const std::string name = purpose.dialect;
  making->keystore.generate_key(making->actor, 0, std::move(purpose),
                                [making, name](std::expected<KeyRow, StoreError> made) {
                                  if (made) return make_next(making);
                                  making->done(fmt::format("no key for the dialect {}: {}", name, made.error().text));
                                });
}

// In development the sandbox is there, unless the configuration or a file of one's own says otherwise.
void add_sandbox(DialectChoice& choice) {
  constexpr std::string_view kDialect = "novapost";
  const std::string name = fmt::format("{}.sandbox", kDialect);
  const bool said = std::ranges::any_of(choice.switches, [&](const auto& one) { return one.first == name; });
  const bool served =
      std::ranges::any_of(choice.shipped, [&](const auto& one) { return one == "*" || one == kDialect; });
  std::error_code error;
  const auto own = std::filesystem::path(choice.directory) / fmt::format("{}.toml", kDialect);
  if (!said && served && !std::filesystem::exists(own, error)) choice.switches.emplace_back(name, true);
}

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
  if (config.dev) add_sandbox(choice);
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
  const AuditActor actor{
      .uid = static_cast<uint32_t>(::getuid()), .pid = static_cast<uint32_t>(::getpid()), .via = "dialects"};
  make_next(std::make_shared<Making>(Making{keystore, actor, std::move(missing), std::move(done)}));
}

}  // namespace signet
