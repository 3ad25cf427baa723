// signetctl token inspect: what a token says, offline.
#include <fmt/format.h>

#include <ctime>

#include "tools/ctl/commands.h"
#include "tools/ctl/input.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/token_text.h"

namespace signet::ctl {
namespace {

constexpr size_t kJwksSizeMax = 1024 * 1024;

// What the verification came to, as one line for people.
std::string verdict_line(const TokenVerdict& verdict) {
  if (verdict.verified) return fmt::format("signature: verified with key {}\n", verdict.kid);
  if (!verdict.tried) return "signature: NOT VERIFIED (give the issuer's key set with --jwks FILE)\n";
  return fmt::format("signature: NOT VERIFIED: {}\n", verdict.reason);
}

}  // namespace

Outcome token_inspect(Call& call) {
  Arguments arguments = call.new_arguments();
  std::optional<std::string> jwks_file;
  arguments.option("--jwks", "FILE", jwks_file, "Verify the signature with this key set (RFC 7517)");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  auto text = read_all(call.streams().in, kTokenSizeMax + 2, "the token on stdin");
  if (!text) return std::unexpected(text.error());
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  const auto token = decode_token(*text);
  if (!token) return std::unexpected(token.error());
  TokenVerdict verdict;
  if (jwks_file) {
    const auto jwks = read_file(*jwks_file, kJwksSizeMax, *jwks_file);
    if (!jwks) return std::unexpected(jwks.error());
    auto verified = verify_token(*text, *jwks);
    if (!verified) return std::unexpected(Failure{*jwks_file + ": " + verified.error()});
    verdict = *std::move(verified);
  }
  if (call.json()) {
    call.print_json(token_json(*token, verdict));
  } else {
    call.print(token_details(*token, std::time(nullptr)));
    call.print("\n" + verdict_line(verdict));
  }
  if (verdict.tried && !verdict.verified) {
    return std::unexpected(Failure{"the token does not verify: " + verdict.reason});
  }
  return {};
}

}  // namespace signet::ctl
