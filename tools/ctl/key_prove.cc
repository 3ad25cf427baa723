// signetctl key prove: replays the audit log and shows that no verifier was ever left without a key.
#include <fmt/format.h>

#include "protocol/base/time_text.h"
#include "tools/ctl/audit_pages.h"
#include "tools/ctl/client_options.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/prove/key_proof.h"
#include "tools/ctl/time_text.h"

namespace signet::ctl {
namespace {

std::string joined_kids(const std::vector<std::string>& kids) {
  std::string text;
  for (const std::string& kid : kids) text += (text.empty() ? "" : ", ") + kid;
  return text.empty() ? "nothing" : text;
}

void write_texts(JsonWriter& to, std::string_view name, const std::vector<std::string>& texts) {
  to.key_text(name);
  to.begin_array();
  for (const std::string& text : texts) to.string(text);
  to.end_array();
}

std::string report_json(const KeyProof& proof, uint64_t records) {
  return compose_json([&](JsonWriter& to) {
    to.begin_object();
    to.member_boolean("holds", proof.faults().empty() && proof.gaps().empty());
    to.member_integer("records", static_cast<int64_t>(records));
    write_texts(to, "faults", proof.faults());
    write_texts(to, "gaps", proof.gaps());
    to.key("moments");
    to.begin_array();
    for (const KeyMoment& moment : proof.moments()) {
      to.begin_object();
      to.member("at", rfc3339(moment.at));
      to.member("what", moment.what);
      to.member("tenant", moment.tenant);
      write_texts(to, "signing", moment.signing);
      write_texts(to, "published", moment.published);
      to.end_object();
    }
    to.end_array();
    to.end_object();
  });
}

void show(Call& call, const KeyProof& proof) {
  for (const KeyMoment& moment : proof.moments()) {
    call.print(fmt::format("{} {} of tenant {}\n    signing: {}\n    published: {}\n", rfc3339(moment.at), moment.what,
                           moment.tenant, joined_kids(moment.signing), joined_kids(moment.published)));
  }
  for (const std::string& text : proof.faults()) call.note("FAULT: " + text);
  for (const std::string& text : proof.gaps()) call.note("GAP, overridden by an administrator: " + text);
}

std::expected<JsonValue, Failure> fetch(Call& call, const std::string& target) {
  const auto answer = call.admin().call("GET", target);
  if (!answer) return std::unexpected(answer.error());
  return read_answer(answer->body);
}

std::expected<KeyRules, Failure> fetch_rules(Call& call) {
  const auto body = fetch(call, "/v1/keys");
  if (!body) return std::unexpected(body.error());
  const JsonValue* rules = body->find("rules");
  if (rules == nullptr) return std::unexpected(Failure{"the daemon does not say by which rules its keys live"});
  const auto number = [&](std::string_view name) {
    const JsonValue* value = rules->find(name);
    return value == nullptr ? 0 : value->as_integer().value_or(0);
  };
  return KeyRules{.lead_min_s = number("lead_min_s"), .reload_s = number("reload_s"), .skew_s = number("skew_s")};
}

std::expected<void, Failure> compare_with_keys(Call& call, const std::string& tenant, KeyProof& proof) {
  const auto body = fetch(call, with_tenant("/v1/keys", tenant));
  if (!body) return std::unexpected(body.error());
  const JsonValue* keys = body->find("keys");
  if (keys == nullptr || keys->as_array() == nullptr) return std::unexpected(Failure{"the daemon lists no keys"});
  for (const JsonValue& key : *keys->as_array()) proof.compare(key);
  return {};
}

std::expected<std::vector<std::string>, Failure> tenant_names(Call& call) {
  const auto body = fetch(call, "/v1/tenants");
  if (!body) return std::unexpected(body.error());
  std::vector<std::string> names;
  const JsonValue* tenants = body->find("tenants");
  if (tenants == nullptr || tenants->as_array() == nullptr)
    return std::unexpected(Failure{"the daemon lists no tenants"});
  for (const JsonValue& tenant : *tenants->as_array()) names.push_back(text_of(tenant, "name"));
  return names;
}

// What was pruned cannot be replayed: says from when on it can be proved.
Outcome begin_behind_pruning(Call& call, KeyProof& proof) {
  const auto page = fetch_audit_page(call, 0, "&limit=1");
  if (!page) return std::unexpected(page.error());
  if (page->base == 0 || page->records->empty()) return {};
  const JsonValue& first = page->records->front();
  proof.begin_at(static_cast<UnixSeconds>(number_of(first, "time_ms") / 1000));
  call.note(fmt::format("audit records up to {} were pruned: what follows holds from {} on", page->base,
                        text_of(first, "time")));
  return {};
}

}  // namespace

Outcome key_prove(Call& call) {
  Arguments arguments = call.new_arguments();
  std::optional<std::string> since_text;
  arguments.option(
      "--since", "TIME", since_text,
      "Leave out moments and overridden rules before then (RFC 3339); the whole log is replayed all the same");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  const auto since = since_text ? parse_rfc3339(*since_text) : std::optional<UnixMs>(0);
  if (!since) return std::unexpected(usage_failure("--since: expected a time such as 2030-01-31T12:00:00Z"));
  const auto rules = fetch_rules(call);
  if (!rules) return std::unexpected(rules.error());
  KeyProof proof(*rules, *since / 1000);
  if (auto began = begin_behind_pruning(call, proof); !began) return began;
  const auto log = read_audit_log(call, "&what=key.", [&](const AuditPage& page) {
    for (const JsonValue& record : *page.records) proof.take(record);
  });
  if (!log) return std::unexpected(log.error());
  if (!log->fault.empty()) {
    return std::unexpected(Failure{"nothing can be proved: audit " + log->fault + "; see signetctl audit verify"});
  }
  const auto names = tenant_names(call);
  if (!names) return std::unexpected(names.error());
  for (const std::string& name : *names) {
    if (auto compared = compare_with_keys(call, name, proof); !compared) return std::unexpected(compared.error());
  }
  proof.compare_rest(*names);
  if (call.json()) {
    call.print_json(report_json(proof, log->checked_to));
  } else {
    show(call, proof);
  }
  if (!proof.faults().empty() || !proof.gaps().empty()) {
    return std::unexpected(
        Failure{fmt::format("the proof fails: {} faults, {} gaps", proof.faults().size(), proof.gaps().size())});
  }
  if (!call.json()) {
    call.note(
        fmt::format("{} keys, {} changes, {} audit records: whatever was signed, every verifier that follows the "
                    "key set could check it",
                    proof.key_count(), proof.moments().size(), log->checked_to));
  }
  return {};
}

}  // namespace signet::ctl
