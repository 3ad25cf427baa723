#include "daemon/dialect/novapost/sandbox_key.h"

#include "daemon/dialect/json_text.h"
#include "daemon/dialect/uuid.h"
#include "keystore/grants/api_token_text.h"
#include "protocol/json/reader.h"

namespace signet {

std::string sandbox_key_json(const SandboxKey& key) {
  return json_text(key.seed.size(), 256, [&](JsonWriter& json) {
    json.begin_object();
    json.member("seed", key.seed);
    json.member_integer("key_version", key.key_version);
    json.member_integer("created_at", key.created_at);
    json.member_integer("expires_at", key.expires_at);
    json.member_integer("asked_day", key.asked_day);
    json.member_integer("asks", key.asks);
    json.end_object();
  });
}

std::optional<SandboxKey> read_sandbox_key(std::string_view text) {
  const auto json = read_json(text);
  if (!json) return std::nullopt;
  const std::string* seed = json->find_string("seed");
  bool whole = seed != nullptr;
  const auto number = [&](std::string_view name) {
    const JsonValue* value = json->find(name);
    const auto integer = value == nullptr ? std::nullopt : value->as_integer();
    whole = whole && integer;
    return integer.value_or(0);
  };
  SandboxKey key{.seed = seed == nullptr ? std::string() : *seed,
                 .key_version = static_cast<uint8_t>(number("key_version")),
                 .created_at = number("created_at"),
                 .expires_at = number("expires_at"),
                 .asked_day = number("asked_day"),
                 .asks = number("asks")};
  if (!whole) return std::nullopt;
  return key;
}

std::optional<SandboxKey> ask_for_sandbox_key(const std::optional<SandboxKey>& before, UnixSeconds now,
                                              const FamilyKeys& keys, bool& renewed) {
  const int64_t today = now / kSandboxDayS;
  const bool forgotten =
      !before || now >= before->expires_at + kSandboxForgottenS || keys.api_token_key(before->key_version) == nullptr;
  SandboxKey key;
  if (forgotten) {
    key = {.seed = new_uuid(), .key_version = keys.current_version(), .created_at = now};
  } else {
    key = *before;
  }
  const bool same_day = !forgotten && key.asked_day == today;
  if (same_day && key.asks >= kSandboxAsksMax) return std::nullopt;
  key.asks = same_day ? key.asks + 1 : 1;
  key.asked_day = today;
  renewed = !same_day || !key.active(now);
  if (renewed) key.expires_at = now + kSandboxLifeS;
  return key;
}

SecretBytes sandbox_key_text(const FamilyKeys& keys, uint32_t tenant, std::string_view phone, const SandboxKey& key) {
  if (keys.api_token_key(key.key_version) == nullptr) return {};
  const std::string name = "novapost sandbox/" + std::to_string(tenant) + "/" + std::string(phone) + "/" + key.seed;
  const ApiTokenId digest = api_token_id_of(keys, key.key_version, name);
  constexpr std::string_view kHex = "0123456789abcdef";
  std::array<uint8_t, 32> text;
  for (size_t i = 0; i < digest.size(); ++i) {
    text[2 * i] = static_cast<uint8_t>(kHex[digest[i] >> 4]);
    text[2 * i + 1] = static_cast<uint8_t>(kHex[digest[i] & 15]);
  }
  SecretBytes out = SecretBytes::copy_of(text);
  wipe(text);
  return out;
}

}  // namespace signet
