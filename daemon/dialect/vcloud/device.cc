#include "daemon/dialect/vcloud/device.h"

#include <array>

#include "daemon/dialect/json_text.h"
#include "daemon/dialect/record_errands.h"
#include "daemon/dialect/vcloud/names.h"
#include "protocol/base/base64url.h"
#include "protocol/base/random.h"
#include "protocol/json/reader.h"

namespace signet {
namespace {

constexpr DialectRecordKind kKind = DialectRecordKind::kVcloudDevice;
constexpr std::string_view kLetters = "BCDFGHJKLMNPQRSTVWXZ";  // no vowels: no words (RFC 8628 6.1)
constexpr size_t kUserCodeLetters = 8;
constexpr std::array<std::string_view, 3> kStatusNames{"pending", "granted", "denied"};

}  // namespace

std::string device_record_id(std::string_view device_code) { return "d/" + digest_name({device_code}); }

std::string user_code_record_id(std::string_view user_code) {
  std::string id = "u/";
  for (char c : user_code) {
    if (c == '-' || c == ' ') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c ^ 0x20);
    if (kLetters.find(c) == std::string_view::npos) return {};
    id.push_back(c);
  }
  return id.size() == 2 + kUserCodeLetters ? id : std::string();
}

std::string new_device_code() {
  std::array<uint8_t, 32> octets;
  fill_secret_random(octets);
  return base64url_text(octets);
}

std::string new_user_code() {
  std::string code;
  while (code.size() < kUserCodeLetters + 1) {
    std::array<uint8_t, 1> octet;
    fill_secret_random(octet);
    // Each letter as likely as any other: 240 is twelve times twenty.
    if (octet[0] >= 240) continue;
    code.push_back(kLetters[octet[0] % kLetters.size()]);
    if (code.size() == kUserCodeLetters / 2) code.push_back('-');
  }
  return code;
}

std::string device_json(const VcloudDevice& device) {
  return json_text(0, 512, [&](JsonWriter& json) {
    json.begin_object();
    json.member("account", device.account);
    json.member("user_code", device.user_code);
    json.member("status", kStatusNames[static_cast<size_t>(device.status)]);
    json.member_integer("expires_at", device.expires_at);
    json.end_object();
  });
}

std::optional<VcloudDevice> read_device(std::string_view text) {
  const auto json = read_json(text);
  if (!json) return std::nullopt;
  const std::string* account = json->find_string("account");
  const std::string* user_code = json->find_string("user_code");
  const std::string* status = json->find_string("status");
  const JsonValue* expires = json->find("expires_at");
  if (account == nullptr || user_code == nullptr || status == nullptr || expires == nullptr) return std::nullopt;
  VcloudDevice device{.account = *account,
                      .user_code = *user_code,
                      .status = VcloudDeviceStatus::kDenied,
                      .expires_at = expires->as_integer().value_or(0)};
  for (size_t i = 0; i < kStatusNames.size(); ++i) {
    if (*status == kStatusNames[i]) device.status = static_cast<VcloudDeviceStatus>(i);
  }
  return device;
}

std::vector<DialectRecordChange> put_device(uint32_t tenant, const std::string& record_id, const VcloudDevice& device,
                                            DialectRecordState expected) {
  return with_pointer({.tenant = tenant,
                       .kind = kKind,
                       .id = record_id,
                       .value = device_json(device),
                       .expires_at = device.expires_at + kDeviceCodeKeptS,
                       .expected = expected},
                      user_code_record_id(device.user_code));
}

std::vector<DialectRecordChange> erase_device(uint32_t tenant, const std::string& record_id, const VcloudDevice& device,
                                              DialectRecordState expected) {
  return erasures_of(put_device(tenant, record_id, device, expected));
}

}  // namespace signet
