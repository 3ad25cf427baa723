// VcloudDevice: one request of a service account for access (RFC 8628), from its device code's first use to its last.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "keystore/store/dialect_record.h"
#include "protocol/base/time.h"

namespace signet {

inline constexpr UnixSeconds kDeviceCodeLifeS = 600;
inline constexpr UnixSeconds kDeviceCodeKeptS = 600;  // longer, so that a late poll hears that it is late
inline constexpr uint32_t kDevicePollS = 5;           // RFC 8628 3.2: the interval

enum class VcloudDeviceStatus : uint8_t { kPending, kGranted, kDenied };

struct VcloudDevice {
  std::string account;    // id of the service account
  std::string user_code;  // as it is shown: XXXX-XXXX
  VcloudDeviceStatus status = VcloudDeviceStatus::kPending;
  UnixSeconds expires_at = 0;
};

// "d/DIGEST" has the request: the device code itself is nowhere kept. "u/USERCODE" has the id of that record.
std::string device_record_id(std::string_view device_code);
// Case, spaces and hyphens do not count (RFC 8628 6.1). Empty when it cannot be one.
std::string user_code_record_id(std::string_view user_code);

std::string new_device_code();  // 256 random bits
std::string new_user_code();    // 8 letters of 20: 34 bits, asked for by administrators only

std::string device_json(const VcloudDevice& device);
std::optional<VcloudDevice> read_device(std::string_view json);

// Puts both records.
std::vector<DialectRecordChange> put_device(uint32_t tenant, const std::string& record_id, const VcloudDevice& device,
                                            DialectRecordState expected);
std::vector<DialectRecordChange> erase_device(uint32_t tenant, const std::string& record_id, const VcloudDevice& device,
                                              DialectRecordState expected);

}  // namespace signet
