// Rules that every operation shares that gives a client something lasting: a refresh family, an API token.
#pragma once

#include <string_view>
#include <vector>

#include "keystore/store/operation.h"

namespace signet::store {

// All: kInvalid, with a text that names the member. Bounds are those of keystore/grants/refresh_family.h.
Outcome check_grant_subject(std::string_view subject);
Outcome check_grant_scope(std::string_view scope);
Outcome check_grant_audiences(const std::vector<std::string>& audiences, size_t least);
// Whether the client may be given something with that scope: it is enabled and has all of the scope.
Outcome check_grant_client(const Client& client, std::string_view scope);

}  // namespace signet::store
