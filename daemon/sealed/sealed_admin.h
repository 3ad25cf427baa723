// SealedAdmin: the admin socket while the vault is sealed: what the vault says of itself, and what opens it. Everything
// else is answered with 503.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/http/server_loop.h"
#include "keystore/store/store_rows.h"
#include "keystore/vault/vault.h"
#include "protocol/json/value.h"

namespace signet {

// A vault that somebody opened.
struct Unsealed {
  std::unique_ptr<Vault> vault;
  AuditActor actor;
};

// Thread rule: the thread of the loop that it is the handler of.
class SealedAdmin final : public http::Handler {
 public:
  // `unsealed` is called once, when the vault is open; the answer to who opened it is on its way.
  SealedAdmin(std::filesystem::path data_dir, std::function<void(Unsealed)> unsealed);
  void attach(http::ServerLoop& loop) { loop_ = &loop; }

  std::optional<size_t> on_head(const http::Request& request, http::Responder& responder) override;
  void on_request(const http::Request& request, http::Responder& responder) override;

 private:
  void answer(const http::Request& request, int status, std::string_view body);
  void show(const http::Request& request);
  void unseal(const http::Request& request, const JsonValue& body);
  void unseal_with_share(const http::Request& request, const std::string& share, const VaultSummary& summary);
  void init(const http::Request& request, const JsonValue& body);
  void opened(const http::Request& request, std::expected<std::unique_ptr<Vault>, VaultError> vault,
              std::string_view body = {});
  void refuse(const http::Request& request, std::string_view text);
  void forget_shares();

  const std::filesystem::path data_dir_;
  const std::function<void(Unsealed)> unsealed_;
  http::ServerLoop* loop_ = nullptr;
  std::vector<SecretBytes> shares_;  // given one by one, of one slot
  bool open_ = false;
};

}  // namespace signet
