// What listings of refresh families and API tokens ask for, a page at a time, and what they get; and what is asked when
// an API token is to go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "keystore/grants/api_token.h"
#include "keystore/grants/refresh_family.h"

namespace signet {

// A place in a listing of families or API tokens.
struct FamilyCursor {
  uint8_t part = 0;  // of what the query looks through
  FamilyId after{};
};

// Which families an administrator asks for.
struct FamilyQuery {
  uint32_t tenant = 0;
  std::string client_id;  // empty = of any client
  std::string subject;    // empty = of any subject
  std::optional<FamilyCursor> after;
  size_t limit = 100;  // rows looked at
};
struct FamilyPage {
  std::vector<RefreshFamily> families;  // may be fewer than asked for, or none, although more follow
  std::optional<FamilyCursor> next;     // nothing = that was the last page
};

struct ApiTokenQuery {
  uint32_t tenant = 0;
  std::string client_id;             // empty = of any client
  std::string subject;               // empty = of any subject
  std::optional<ApiTokenKind> kind;  // nothing = of any kind
  std::optional<FamilyCursor> after;
  size_t limit = 100;  // rows looked at
};
struct ApiTokenPage {
  std::vector<ApiToken> tokens;      // may be fewer than asked for, or none, although more follow
  std::optional<FamilyCursor> next;  // nothing = that was the last page
};

struct ApiTokenRemoval {
  uint32_t tenant = 0;
  ApiTokenId id{};
  std::string client_id;  // whose it must be; empty = anybody's
  std::string subject;    // likewise
};

}  // namespace signet
