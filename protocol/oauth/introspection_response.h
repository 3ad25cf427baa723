// IntrospectionResponse (RFC 7662 section 2.2): the claims of an active token with `active` before and `token_type`
// behind them. Of one that is not active nothing is said.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "protocol/json/value.h"

namespace signet {

inline constexpr std::string_view kInactiveResponse = R"({"active":false})";

// What frame_introspection_response adds before and behind the claims' own text, braces not counted.
inline constexpr std::string_view kActivePrefix = R"({"active":true,)";
inline constexpr std::string_view kActiveSuffix = R"(,"token_type":"Bearer"})";
inline constexpr size_t kIntrospectionFront = kActivePrefix.size() - 1;  // before the claims' opening brace
inline constexpr size_t kIntrospectionBack = kActiveSuffix.size() - 1;   // behind their closing one

// frame_introspection_response turns a claims set, whose text of `claims_size` octets stands at `text` +
// kIntrospectionFront, into the answer, in place. The claims are an object with members, none of them of a name in
// kIntrospectionOwnNames; there is room for kIntrospectionBack octets behind. Gives the answer's size. Any thread, does
// not allocate.
size_t frame_introspection_response(std::span<char> text, size_t claims_size);

// write_introspection_response writes the answer for any claims set; members of a name in kIntrospectionOwnNames are
// left out. Allocates.
std::string write_introspection_response(const JsonValue& claims);

}  // namespace signet
