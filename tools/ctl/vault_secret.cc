#include "tools/ctl/vault_secret.h"

#include <fmt/format.h>

#include <charconv>

#include "tools/ctl/input.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/password_input.h"
#include "tools/ctl/secret_file.h"

namespace signet::ctl {
namespace {

constexpr unsigned kSharesMax = 255;

std::string fault_of_choice(int chosen, std::string_view options) {
  return chosen == 1 ? std::string() : fmt::format("exactly one of {} is required", options);
}

// "2/3": two of three.
std::optional<std::pair<unsigned, unsigned>> parse_shares(std::string_view text) {
  std::pair<unsigned, unsigned> shares;
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto number = [](std::string_view digits, unsigned& to) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), to);
    return error == std::errc() && end == digits.data() + digits.size();
  };
  if (!number(text.substr(0, slash), shares.first) || !number(text.substr(slash + 1), shares.second)) {
    return std::nullopt;
  }
  return shares;
}

std::expected<std::string, Failure> passphrase_body(Call& call, bool twice) {
  auto passphrase = read_password(call, twice);
  if (!passphrase) return std::unexpected(passphrase.error());
  return compose_json([&](JsonWriter& to) {
    to.begin_object();
    to.member("kind", "passphrase");
    to.member("passphrase", *passphrase);
    to.end_object();
  });
}

std::string key_file_body(const std::string& path) {
  return compose_json([&](JsonWriter& to) {
    to.begin_object();
    to.member("kind", "key-file");
    to.member("path", path);
    to.end_object();
  });
}

// The daemon has it: only its name travels.
std::string credential_body(const std::string& name) {
  return compose_json([&](JsonWriter& to) {
    to.begin_object();
    to.member("kind", "credential");
    to.member("name", name);
    to.end_object();
  });
}

constexpr const char* kCredentialHelp =
    "What the service manager gave the daemon by this name, as a key file; passphrase:NAME for a passphrase";

}  // namespace

std::vector<std::string_view> share_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
    if (!line.empty()) lines.push_back(line);
    at = end + 1;
  }
  return lines;
}

void GivenSecret::bind(Arguments& arguments) {
  arguments.option("--key-file", "PATH", key_file, "With this key file, as the daemon sees it");
  arguments.option("--credential", "NAME", credential, kCredentialHelp);
  arguments.flag("--passphrase", passphrase, "With a passphrase: asked for, or read from stdin");
  arguments.flag("--share", share, "With shares, one on a line of stdin; `unseal` takes one at a time");
}

std::expected<std::string, Failure> GivenSecret::body(Call& call) const {
  const std::string fault = fault_of_choice(key_file.has_value() + credential.has_value() + passphrase + share,
                                            "--key-file, --credential, --passphrase, --share");
  if (!fault.empty()) return std::unexpected(usage_failure(fault));
  if (key_file) return key_file_body(*key_file);
  if (credential) return credential_body(*credential);
  if (passphrase) return passphrase_body(call, false);
  auto text = read_all(call.streams().in, kSharesTextMax, "the shares on stdin");
  if (!text) return std::unexpected(text.error());
  const auto lines = share_lines(*text);
  return compose_json([&](JsonWriter& to) {
    to.begin_object();
    to.member("kind", "shares");
    to.key("shares");
    to.begin_array();
    for (const std::string_view line : lines) to.string(line);
    to.end_array();
    to.end_object();
  });
}

void NewSecret::bind(Arguments& arguments) {
  arguments.option("--key-file", "PATH", key_file, "A key file, as the daemon sees it; made when it is not there");
  arguments.option("--credential", "NAME", credential, kCredentialHelp);
  arguments.flag("--passphrase", passphrase, "A passphrase of 12 characters or more: asked for, or read from stdin");
  arguments.option("--shares", "M/N", shares, "N shares, of which any M open it: 2/3");
  arguments.option("--shares-out", "FILE", shares_out, "Write the shares to new files FILE.1, FILE.2... of mode 0600");
}

std::expected<std::string, Failure> NewSecret::body(Call& call) const {
  const std::string fault =
      fault_of_choice(key_file.has_value() + credential.has_value() + passphrase + shares.has_value(),
                      "--key-file, --credential, --passphrase, --shares");
  if (!fault.empty()) return std::unexpected(usage_failure(fault));
  if (shares_out && !shares) return std::unexpected(usage_failure("--shares-out goes with --shares"));
  if (key_file) return key_file_body(*key_file);
  if (credential) return credential_body(*credential);
  if (passphrase) return passphrase_body(call, true);
  const auto counts = parse_shares(*shares);
  if (!counts) return std::unexpected(usage_failure("--shares: expected M/N, such as 2/3"));
  return compose_json([&](JsonWriter& to) {
    to.begin_object();
    to.member("kind", "shares");
    to.member_integer("threshold", counts->first);
    to.member_integer("count", counts->second);
    to.end_object();
  });
}

std::expected<std::vector<SecretFile>, Failure> make_share_files(const NewSecret& secret) {
  std::vector<SecretFile> files;
  const auto counts = secret.shares ? parse_shares(*secret.shares) : std::nullopt;
  if (!secret.shares_out || !counts || counts->second > kSharesMax) return files;
  for (unsigned i = 1; i <= counts->second; ++i) {
    auto file = SecretFile::create(fmt::format("{}.{}", *secret.shares_out, i));
    if (!file) return std::unexpected(file.error());
    files.push_back(*std::move(file));
  }
  return files;
}

Outcome show_new_slot(Call& call, const std::string& answer, std::vector<SecretFile> files) {
  const auto body = read_answer(answer);
  if (!body) return std::unexpected(body.error());
  const JsonValue* shares = body->find("shares");
  const auto* list = shares == nullptr ? nullptr : shares->as_array();
  std::vector<std::string> unwritten;
  for (size_t i = 0; list != nullptr && i < list->size(); ++i) {
    const std::string share = *(*list)[i].as_string() + "\n";
    if (i >= files.size() || !files[i].commit(share)) unwritten.push_back(share);
  }
  if (call.json()) {
    call.print_json(compact_json(*body));
    return {};
  }
  call.note(fmt::format("slot {}: {}", text_of(*body, "number"), text_of(*body, "kind")));
  if (unwritten.empty()) return {};
  if (!files.empty()) call.note("not every file could be written; these are the shares that are in none:");
  call.note("Give each share to another person. They are shown once, and kept nowhere.");
  for (const std::string& share : unwritten) call.print(share);
  return {};
}

}  // namespace signet::ctl
