// Request: one HTTP/1.1 request as handlers see it. All views are borrowed and valid only during the handler's call.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace signet::http {

enum class Method : uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };
std::string_view method_name(Method method);

struct HeaderField {
  std::string_view name;   // as sent
  std::string_view value;  // leading and trailing blanks removed
};

// Names an exchange across loop iterations: a connection slot may be reused by another peer meanwhile, so slot and
// generation go together. Never a pointer.
struct ExchangeId {
  uint32_t slot = 0;
  uint32_t generation = 0;
  uint32_t sequence = 0;  // of the request on its connection
  bool operator==(const ExchangeId&) const = default;
};

struct Request {
  ExchangeId id;
  Method method{};
  std::string_view method_text;
  std::string_view path;   // origin-form up to '?', not decoded
  std::string_view query;  // after '?'; has_query tells an empty one from none
  bool has_query = false;
  std::span<const HeaderField> fields;
  // The ones every endpoint wants; data() == nullptr when absent.
  std::string_view authorization;
  std::string_view content_type;
  std::string_view if_none_match;
  bool repeated_authorization = false;  // more than one: answer 400
  bool repeated_content_type = false;
  std::span<char> body;           // mutable, so that a form is decoded in place
  std::string_view peer_address;  // textual, no port; "unix" for a unix socket
  // Whom limits per address count (network_number); none for a unix socket and for a proxy that was trusted when it
  // connected, behind which any number of peers may be.
  std::optional<uint64_t> peer_network;
  uint64_t arrived_ns = 0;  // monotonic, when its last octet was read

  // First field of that name, case-insensitive; data() == nullptr when absent.
  std::string_view header(std::string_view name) const;
};

}  // namespace signet::http
