// The body of POST /oauth2/token/batch: a JSON array of {"scope","resource":[],"id"}, all members optional.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace signet {

inline constexpr size_t kBatchIdSizeMax = 128;  // octets of an entry's own name

struct BatchEntry {
  std::string id;
  bool has_id = false;
  std::string scope;
  std::vector<std::string> resources;
};

// parse_batch_request refuses the whole body for anything that is not of that shape (the text says where), and more
// than `entries_max` entries. Whether an entry's scope and resources may be had is decided entry by entry. Any thread,
// allocates.
std::expected<std::vector<BatchEntry>, std::string> parse_batch_request(std::string_view body, size_t entries_max);

}  // namespace signet
