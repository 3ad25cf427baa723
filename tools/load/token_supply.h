// Tokens and families that a run needs before its clock starts.
#pragma once

#include <cstddef>
#include <expected>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "tools/ctl/admin_client.h"
#include "tools/load/credentials.h"
#include "tools/load/token_list.h"
#include "tools/load/url.h"

namespace signet::load {

// Told how much is done.
using SupplyProgress = std::function<void(size_t done, size_t wanted)>;

// obtain_access_tokens asks the batch endpoint for `count` access tokens, of all clients evenly (the first `count` of
// them when they are more), with `scope` when it is not empty. Blocks. Errors are sentences for people: no connection,
// a refused request, an entry that was refused.
std::expected<TokenList, std::string> obtain_access_tokens(const Url& url, const Address& address,
                                                           std::span<const Credentials> clients, std::string_view scope,
                                                           size_t count, const SupplyProgress& progress);

// What the families of a run have in common.
struct FamilyWish {
  std::string tenant;
  std::string scope;  // empty = all of the client's
  size_t count = 0;
};

// make_families has the daemon make families through its admin socket, family n for client n modulo the clients, and
// gives the refresh token of each. Blocks. The error says which member or answer was wrong, in the daemon's own words.
std::expected<TokenList, std::string> make_families(ctl::AdminClient& admin, std::span<const Credentials> clients,
                                                    const FamilyWish& wish, const SupplyProgress& progress);

}  // namespace signet::load
