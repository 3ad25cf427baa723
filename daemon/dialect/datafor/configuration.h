// DataforConfiguration: a named way of signing tokens for embedded pages, as its administrators keep it and as the
// store seals it. Each has a secret of its own, which is the key.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/time.h"
#include "protocol/json/value.h"

namespace signet {

// Holds a secret: wiped at its end. Members in the order of the system's own answers.
struct DataforConfiguration {
  DataforConfiguration() = default;
  ~DataforConfiguration();
  DataforConfiguration(const DataforConfiguration&) = delete;
  DataforConfiguration& operator=(const DataforConfiguration&) = delete;
  DataforConfiguration(DataforConfiguration&&) = default;
  DataforConfiguration& operator=(DataforConfiguration&&) = default;

  std::string name;
  std::string token_name = "token";
  std::string secret;
  int64_t expire_s = 86'400;
  std::string algorithm = "HS256";
  std::map<std::string, std::string> fieldmap;  // member of the request -> claim
  std::string enable = "1";
  std::string inituser = "0";
  std::vector<std::string> initroles;
  std::string self_service = "0";
  UnixMs created_ms = 0;
  UnixMs modified_ms = 0;
  std::string creator;

  // The claim that a member of the request becomes.
  const std::string& claim_of(const std::string& member) const;
  // The claim that a user alone becomes: in the published sample it has the configuration's own name.
  const std::string& user_claim() const;
};

inline constexpr std::string_view kDataforMask = "************";  // what is shown of a secret
inline constexpr int64_t kDataforExpireMaxS = 86'400 * 365;

// As JSON; `masked` shows the mask for the secret. Any thread, allocates.
std::string datafor_json(const DataforConfiguration& configuration, bool masked);
// What datafor_json without a mask wrote.
std::optional<DataforConfiguration> read_datafor(std::string_view json);
// A whole configuration as an administrator sends it. The error is the text of the answer. A missing or masked secret
// stays empty: the caller keeps the one that is there.
std::expected<DataforConfiguration, std::string> read_datafor_update(const JsonValue& value);

}  // namespace signet
