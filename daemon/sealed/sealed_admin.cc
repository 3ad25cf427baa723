#include "daemon/sealed/sealed_admin.h"

#include <fmt/format.h>

#include "daemon/admin/answer.h"
#include "daemon/admin/secret_fields.h"
#include "daemon/admin/vault_json.h"
#include "daemon/log.h"
#include "protocol/json/reader.h"

namespace signet {
namespace {

constexpr size_t kBodySizeMax = size_t{64} * 1024;
constexpr std::string_view kVaultPath = "/v1/vault";
constexpr std::string_view kUnsealPath = "/v1/vault/unseal";
constexpr std::string_view kInitPath = "/v1/vault/init";

std::expected<JsonValue, std::string> read_body(const http::Request& request) {
  const std::string_view text(request.body.data(), request.body.size());
  auto value = read_json(text, {.size_max = kBodySizeMax, .depth_max = 4});
  if (!value || value->as_object() == nullptr) return std::unexpected("the body must be a JSON object");
  return std::move(*value);
}

}  // namespace

SealedAdmin::SealedAdmin(std::filesystem::path data_dir, std::function<void(Unsealed)> unsealed)
    : data_dir_(std::move(data_dir)), unsealed_(std::move(unsealed)) {}

std::optional<size_t> SealedAdmin::on_head(const http::Request&, http::Responder&) { return kBodySizeMax; }

void SealedAdmin::on_request(const http::Request& request, http::Responder&) {
  if (request.path == kVaultPath && request.method == http::Method::kGet) return show(request);
  const bool unseals = request.path == kUnsealPath, inits = request.path == kInitPath;
  if ((!unseals && !inits) || request.method != http::Method::kPost || open_) {
    const AdminAnswer sealed =
        error_answer(AdminErrorKind::kUnavailable,
                     "the vault is sealed: signetctl vault unseal; signetctl vault status says with what");
    return answer(request, sealed.status, sealed.body);
  }
  const auto body = read_body(request);
  if (!body) return refuse(request, body.error());
  unseals ? unseal(request, *body) : init(request, *body);
}

void SealedAdmin::answer(const http::Request& request, int status, std::string_view body) {
  loop_->responder().respond(request.id, {.status = status, .content_type = "application/json", .body = body});
}

void SealedAdmin::refuse(const http::Request& request, std::string_view text) {
  const AdminAnswer refusal = error_answer(AdminErrorKind::kInvalid, text);
  answer(request, refusal.status, refusal.body);
}

void SealedAdmin::show(const http::Request& request) {
  const auto summary = read_vault_summary(data_dir_);
  if (summary) return answer(request, 200, vault_json("sealed", *summary));
  if (summary.error() == VaultError::kNotFound) return answer(request, 200, vault_json("absent", {}));
  refuse(request, vault_error_text(summary.error()));
}

void SealedAdmin::unseal(const http::Request& request, const JsonValue& body) {
  const auto summary = read_vault_summary(data_dir_);
  if (!summary) return refuse(request, vault_error_text(summary.error()));
  const std::string* share = body.find_string("share");
  if (share != nullptr) return unseal_with_share(request, *share, *summary);
  auto secret = read_slot_secret(body, summary->id);
  if (!secret) return refuse(request, secret.error());
  opened(request, Vault::open(data_dir_, *secret));
}

// Each holder gives his own; nobody sees another's.
void SealedAdmin::unseal_with_share(const http::Request& request, const std::string& share,
                                    const VaultSummary& summary) {
  shares_.push_back(SecretBytes::copy_of(as_bytes(share)));
  std::vector<std::string_view> texts;
  for (const SecretBytes& one : shares_) texts.push_back(as_text(one.expose()));
  auto secret = secret_of_shares(summary.id, texts);
  if (secret) return opened(request, Vault::open(data_dir_, *secret));
  if (secret.error() == VaultError::kMixedShares && shares_.size() > 1) {
    // Which of them is the wrong one nobody can tell.
    forget_shares();
    return refuse(request, fmt::format("{}. All that were given are forgotten: begin again",
                                       vault_error_text(VaultError::kMixedShares)));
  }
  if (secret.error() != VaultError::kTooFewShares) {
    shares_.pop_back();
    return refuse(request, vault_error_text(secret.error()));
  }
  answer(request, 200, fmt::format(R"({{"state":"sealed","shares_given":{}}})", shares_.size()));
}

void SealedAdmin::init(const http::Request& request, const JsonValue& body) {
  std::error_code error;
  for (const char* name : {"store", "mark"}) {
    if (!std::filesystem::exists(data_dir_ / name, error)) continue;
    return refuse(request,
                  "there is a store without its vault, and a new vault opens nothing of it: restore DATA/vault");
  }
  auto secret = read_new_slot_secret(body);
  if (!secret) return refuse(request, secret.error());
  auto vault = Vault::create(data_dir_, *secret);
  std::string made = vault ? new_slot_json(1, *secret, (*vault)->id()) : std::string();
  opened(request, std::move(vault), made);
  wipe_text(made);
}

void SealedAdmin::opened(const http::Request& request, std::expected<std::unique_ptr<Vault>, VaultError> vault,
                         std::string_view body) {
  if (!vault) {
    forget_shares();
    log_event(LogLevel::kWarning, "unseal_refused", {{"why", vault_error_text(vault.error())}});
    return refuse(request, vault_error_text(vault.error()));
  }
  // Before the answer: afterwards the exchange is over. Without credentials of the peer it could not be audited.
  const auto peer = http::peer_credentials(*loop_, request.id);
  if (!peer) return refuse(request, "the peer's credentials cannot be read");
  open_ = true;
  forget_shares();
  answer(request, 200, body.empty() ? vault_json("unsealed", (*vault)->summary()) : body);
  unsealed_({.vault = std::move(*vault), .actor = {.uid = peer->uid, .pid = peer->pid, .via = "admin-socket"}});
}

void SealedAdmin::forget_shares() { shares_.clear(); }

}  // namespace signet
