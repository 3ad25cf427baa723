// A dialect's file: any text either gives problems with the file's name, by line, or a dialect whose templates stay
// well-formed for hostile values, whose claims read back, and whose paths are found.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/check.h"
#include "protocol/dialect/dialect_claims.h"
#include "protocol/dialect/dialect_file.h"
#include "protocol/dialect/dialect_router.h"
#include "protocol/dialect/template_compile.h"
#include "protocol/json/reader.h"

namespace {

using namespace signet;

constexpr std::string_view kHostile = "\"\\\r\n\t\x01<&>'%${}\xE1\xBB\x87 \x7F,:[]";
constexpr std::array<std::string_view, 256> kAllHostile = [] {
  std::array<std::string_view, 256> all;
  all.fill(kHostile);
  return all;
}();

TemplateInput hostile() {
  TemplateInput input;
  input.alg = input.kid = input.token = input.client_id = input.subject = input.scope = kHostile;
  input.audience = input.issuer = input.tenant = input.error = input.error_description = kHostile;
  input.jti = "ABEiM0RVZneImaq7zN3u_w";
  input.issued_at = 1'700'000'000;
  input.expires_at = 1'700'000'900;
  input.lifetime_s = 900;
  input.status = 400;
  input.key_id.fill(0xA5);
  input.path = kAllHostile;
  input.request = kAllHostile;
  return input;
}

std::string render(const Template& from, const TemplateInput& input) {
  size_t size = 1;
  for (const TemplatePart& part : from.parts()) size += std::max<size_t>(part.size, 8 * kHostile.size() + 64);
  std::string out(size, '\0');
  const size_t written = from.render(input, out);
  SIGNET_CHECK(written > 0 || from.empty() || from.used() != 0);
  out.resize(written);
  if (written > 0) SIGNET_CHECK(from.render(input, std::span(out).first(written - 1)) == 0);
  return out;
}

void check_answer(const DialectAnswer& answer) {
  const std::string body = render(answer.body, hostile());
  if (!body.empty() && template_syntax(answer.content_type) == TemplateSyntax::kJson) {
    SIGNET_CHECK(read_json(body, {.size_max = SIZE_MAX, .allow_fractions = true, .allow_nul = true}).has_value());
  }
  for (const DialectHeader& header : answer.headers) {
    const std::string value = render(header.value, hostile());
    SIGNET_CHECK(std::ranges::all_of(value, [](char c) { return c >= 0x20 && c < 0x7F; }));
  }
}

void check_token(const Dialect& dialect) {
  TemplateInput input = hostile();
  input.client_id = input.subject = "client";
  const std::string claims = render(dialect.token->claims, input);
  DialectClaims read;
  // Longer ones cannot be in a token at all.
  if (claims.size() > 8 * 1024) return;
  SIGNET_CHECK(read_dialect_claims(dialect, claims, read));
  SIGNET_CHECK(read.expires_at == input.expires_at);
  SIGNET_CHECK(read.kind == DialectIdentity::kKeyId ? read.key_id == input.key_id : read.identity == "client");
  SIGNET_CHECK(dialect.token->names.jti.empty() || read.jti == input.jti);
}

void check_paths(const Dialect& dialect) {
  const auto router = DialectRouter::build(std::array{&dialect});
  SIGNET_CHECK(router.has_value());
  DialectCaptures captures;
  std::array<char, 1024> scratch;
  for (const DialectEndpoint& endpoint : dialect.endpoints) {
    for (const DialectPath& path : endpoint.paths) {
      std::string request;
      for (const DialectSegment& segment : path.segments)
        request += "/" + (segment.is_capture() ? std::string("%41") : segment.literal);
      if (request.empty()) request = "/";
      // A first segment that captures takes none of Signet's own names, and "A" is none.
      const DialectMatch match = router->match("BREW", request, scratch, captures);
      SIGNET_CHECK(match.kind != DialectMatchKind::kNoPath);
      SIGNET_CHECK(match.kind == DialectMatchKind::kEndpoint || !match.allow.empty());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr std::string_view kHandlers[] = {"register"};
  const auto read = read_dialect({reinterpret_cast<const char*>(data), size}, "fuzz.toml", {.handlers = kHandlers});
  if (!read) {
    SIGNET_CHECK(!read.error().empty() && read.error().size() <= kDialectProblemsMax);
    SIGNET_CHECK(std::ranges::is_sorted(read.error(), {}, &DialectProblem::line));
    for (const DialectProblem& one : read.error()) SIGNET_CHECK(one.file == "fuzz.toml" && !one.text.empty());
    return 0;
  }
  const Dialect& dialect = read->dialect;
  SIGNET_CHECK(!dialect.name.empty() && dialect.endpoints.size() <= kDialectEndpointsMax);
  for (const DialectErrorAnswer& answer : dialect.error_answers) {
    SIGNET_CHECK(answer.status >= 200 && answer.status < 600);
    check_answer(answer);
  }
  for (const DialectEndpoint& endpoint : dialect.endpoints)
    if (endpoint.success) check_answer(*endpoint.success);
  if (dialect.token) check_token(dialect);
  check_paths(dialect);
  return 0;
}
