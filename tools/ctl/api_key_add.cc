// signetctl api-key add: a key that is made here, or one of another system that is taken over.
#include <algorithm>
#include <array>

#include "protocol/base/secret_bytes.h"
#include "tools/ctl/api_key_text.h"
#include "tools/ctl/client_options.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/input.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/terminal_text.h"
#include "tools/ctl/time_text.h"

namespace signet::ctl {
namespace {

constexpr std::array<std::string_view, 3> kKinds{"api-key", "vcloud", "sandbox"};
constexpr size_t kKeySizeMin = 16;
constexpr size_t kKeySizeMax = 128;

struct ApiKeyOptions {
  std::string client;
  std::optional<std::string> tenant;
  std::optional<std::string> name;
  std::optional<std::string> kind;
  std::optional<std::vector<std::string>> scopes;
  std::optional<std::vector<std::string>> audiences;
  std::optional<std::string> subject;
  std::optional<std::string> expires;
  bool key_stdin = false;

  void bind(Arguments& arguments);
  // "" when nothing is wrong.
  std::string fault() const;
};

void ApiKeyOptions::bind(Arguments& arguments) {
  arguments.positional("CLIENT", client, "Client that the key belongs to");
  arguments.option("--tenant", "TENANT", tenant, "Tenant; `default` when not given");
  arguments.option("--name", "NAME", name, "What people call it; its kind when not given");
  arguments.option("--kind", "KIND", kind, "api-key (when not given), vcloud or sandbox");
  arguments.list("--scope", "SCOPE", scopes, "Scope; several separated by spaces, or repeated; all when not given");
  arguments.list("--audience", "URI", audiences, "Audience; may be repeated; as the dialect says when not given");
  arguments.option("--subject", "SUBJECT", subject, "Subject of its tokens; the client when not given");
  arguments.option("--expires", "TIME", expires, "When it ends (RFC 3339); never when not given");
  arguments.flag("--key-stdin", key_stdin, "Take over the key on stdin, of 16 to 128 visible ASCII characters");
}

std::string ApiKeyOptions::fault() const {
  if (kind && std::ranges::find(kKinds, *kind) == kKinds.end()) return "--kind is api-key, vcloud or sandbox";
  if (expires && !parse_rfc3339(*expires)) return "--expires is a time such as 2030-01-31T12:00:00Z";
  if (key_stdin && kind == "sandbox") return "a sandbox's key is made here: --key-stdin is for the other kinds";
  return "";
}

std::expected<std::string, Failure> read_key(std::FILE* from) {
  auto key = read_all(from, kKeySizeMax + 2, "the key on stdin");
  if (!key) return key;
  if (key->ends_with('\n')) key->pop_back();
  if (key->ends_with('\r')) key->pop_back();
  const bool visible = std::ranges::all_of(*key, [](char c) { return c > ' ' && c <= '~'; });
  if (key->size() < kKeySizeMin || key->size() > kKeySizeMax || !visible) {
    return std::unexpected(Failure{"an API key has 16 to 128 visible ASCII characters"});
  }
  return key;
}

std::string request_body(const ApiKeyOptions& options, const std::string& key) {
  return compose_json([&](JsonWriter& to) {
    to.begin_object();
    to.member("client_id", options.client);
    if (options.tenant) to.member("tenant", *options.tenant);
    if (options.name) to.member("name", *options.name);
    if (options.kind) to.member("kind", *options.kind);
    if (options.scopes) to.member("scope", joined_scopes(*options.scopes));
    if (options.audiences) {
      to.key("audiences");
      to.begin_array();
      for (const std::string& audience : *options.audiences) to.string(audience);
      to.end_array();
    }
    if (options.subject) to.member("subject", *options.subject);
    if (options.expires) to.member_integer("expires_at", *parse_rfc3339(*options.expires) / 1000);
    if (options.key_stdin) to.member("key", key);
    to.end_object();
  });
}

}  // namespace

Outcome api_key_add(Call& call) {
  Arguments arguments = call.new_arguments();
  ApiKeyOptions options;
  options.bind(arguments);
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  if (std::string fault = options.fault(); !fault.empty()) return std::unexpected(usage_failure(std::move(fault)));
  std::string key;
  if (options.key_stdin) {
    auto read = read_key(call.streams().in);
    if (!read) return std::unexpected(read.error());
    key = *std::move(read);
  }
  std::string body = request_body(options, key);
  wipe_text(key);
  const auto answer = call.admin().call("POST", "/v1/api-keys", body);
  wipe_text(body);
  if (!answer) return std::unexpected(answer.error());
  const auto made = read_answer(answer->body);
  if (!made) return std::unexpected(made.error());
  if (call.json()) {
    call.print_json(compact_json(*made));
    return {};
  }
  call.print(api_key_details(*made));
  if (const std::string* text = made->find_string("key")) {
    call.print("\n" + escape_for_terminal("key: " + *text) + "\n");
    call.note("The key is shown this once and kept only as a hash.");
  }
  return {};
}

}  // namespace signet::ctl
