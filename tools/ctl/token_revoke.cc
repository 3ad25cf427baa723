// signetctl token revoke: ends one token, one family, or everything of a client, subject, tenant or key that was issued
// until now or another time.
#include <fmt/format.h>

#include "tools/ctl/commands.h"
#include "tools/ctl/input.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/terminal_text.h"
#include "tools/ctl/time_text.h"
#include "tools/ctl/token_text.h"

namespace signet::ctl {
namespace {

struct RevokeOptions {
  bool token_stdin = false;
  std::optional<std::string> jti, family, client, subject, tenant, kid;
  std::optional<std::string> issued_before;

  void bind(Arguments& arguments);
};

void RevokeOptions::bind(Arguments& arguments) {
  arguments.flag("--token-stdin", token_stdin, "Read the token from stdin");
  arguments.option("--jti", "JTI", jti, "The token with this claim jti");
  arguments.option("--family", "SID", family, "A refresh family, by its tokens' claim sid, with all of its tokens");
  arguments.option("--client", "ID", client, "Everything issued to a client");
  arguments.option("--subject", "SUBJECT", subject, "Everything issued for a subject");
  arguments.option("--tenant", "TENANT", tenant,
                   "Everything issued by a tenant; beside another criterion, the tenant that it is in");
  arguments.option("--kid", "KID", kid, "Everything signed with a key");
  arguments.option("--issued-before", "TIME", issued_before,
                   "Only what was issued then or earlier (RFC 3339); now when not given");
}

// What is to be revoked; `kind` is empty for the token on stdin.
struct Criterion {
  std::string kind;
  std::string value;
  UnixMs issued_before_ms = 0;
};

std::expected<Criterion, Failure> criterion_of(const RevokeOptions& options) {
  std::vector<Criterion> given;
  if (options.token_stdin) given.push_back({});
  if (options.jti) given.push_back({"token", *options.jti});
  if (options.family) given.push_back({"family", *options.family});
  if (options.client) given.push_back({"client", *options.client});
  if (options.subject) given.push_back({"subject", *options.subject});
  if (options.kid) given.push_back({"key", *options.kid});
  if (given.empty() && options.tenant) given.push_back({"tenant", ""});
  if (given.size() != 1) {
    return std::unexpected(usage_failure(
        "exactly one of --token-stdin, --jti, --family, --client, --subject, --kid, or --tenant alone is required"));
  }
  Criterion& criterion = given.front();
  const bool single = criterion.kind.empty() || criterion.kind == "token" || criterion.kind == "family";
  if (criterion.value.empty() && !criterion.kind.empty() && criterion.kind != "tenant") {
    return std::unexpected(usage_failure("the value of the criterion is empty"));
  }
  if (!options.issued_before) return criterion;
  if (single) return std::unexpected(usage_failure("--issued-before does not go with one token or family"));
  const auto time = parse_rfc3339(*options.issued_before);
  if (!time) {
    return std::unexpected(usage_failure("--issued-before: expected a time such as 2030-01-31T12:00:00Z"));
  }
  criterion.issued_before_ms = *time;
  return criterion;
}

std::string request_body(const Criterion& criterion, const std::string& token,
                         const std::optional<std::string>& tenant) {
  return compose_json([&](JsonWriter& to) {
    to.begin_object();
    if (!token.empty()) to.member("token", token);
    if (!criterion.kind.empty()) to.member("kind", criterion.kind);
    if (!criterion.value.empty()) to.member("value", criterion.value);
    if (tenant) to.member("tenant", *tenant);
    if (criterion.issued_before_ms != 0) to.member_integer("issued_before_ms", criterion.issued_before_ms);
    to.end_object();
  });
}

// What was revoked and until when that is remembered.
std::string outcome_text(const JsonValue& outcome) {
  const std::string kind = text_of(outcome, "kind"), value = text_of(outcome, "value");
  std::string text = kind + (value.empty() ? "" : " " + value);
  text += kind == "tenant" ? " " + text_of(outcome, "tenant") : " of tenant " + text_of(outcome, "tenant");
  const std::string before = text_of(outcome, "issued_before");
  if (!before.empty()) text += ", all that was issued at " + before + " or earlier,";
  if (text_of(outcome, "fresh") != "yes") return text + " was revoked already";
  return text + " is revoked; remembered until " + text_of(outcome, "expires_at") +
         ", when nothing of it can be alive any more";
}

}  // namespace

Outcome token_revoke(Call& call) {
  Arguments arguments = call.new_arguments();
  RevokeOptions options;
  options.bind(arguments);
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  const auto criterion = criterion_of(options);
  if (!criterion) return std::unexpected(criterion.error());
  std::string token;
  if (options.token_stdin) {
    auto text = read_all(call.streams().in, kTokenSizeMax + 2, "the token on stdin");
    if (!text) return std::unexpected(text.error());
    while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
    if (text->empty()) return std::unexpected(Failure{"there is no token on stdin"});
    token = *std::move(text);
  }
  const auto answer = call.admin().call("POST", "/v1/revocations", request_body(*criterion, token, options.tenant));
  if (!answer) return std::unexpected(answer.error());
  const auto outcome = read_answer(answer->body);
  if (!outcome) return std::unexpected(outcome.error());
  if (call.json()) {
    call.print_json(compact_json(*outcome));
  } else {
    call.note(outcome_text(*outcome));
  }
  return {};
}

}  // namespace signet::ctl
