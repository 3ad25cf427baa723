// compile_token: the [token] section of a dialect's file.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "protocol/dialect/dialect.h"
#include "protocol/dialect/table_reader.h"

namespace signet {

// compile_token reads and checks the section; nothing when it is unusable, with the problems told. Borrowed: captures
// and requests as in TemplateScope.
std::optional<DialectToken> compile_token(const TomlValue& table, const std::vector<std::string>& captures,
                                          std::vector<std::string>& requests, DialectProblems& problems);

// read_lifetime reads lifetime_s of `in`: 1 .. kAccessTokenLifetimeMaxS.
std::optional<uint32_t> read_lifetime(const TableReader& in);

// find_claim_names finds in a compiled claims template what a verifier needs; the error says which claim is missing.
std::expected<DialectClaimNames, std::string> find_claim_names(const Template& claims);

}  // namespace signet
