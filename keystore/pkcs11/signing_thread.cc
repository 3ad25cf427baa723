#include "keystore/pkcs11/signing_thread.h"

#include <fmt/format.h>

#include "keystore/pkcs11/key_objects.h"
#include "keystore/pkcs11/token_key.h"
#include "protocol/base/check.h"
#include "protocol/base/secret_bytes.h"

namespace signet {
namespace {

using Kind = Pkcs11Failure::Kind;

constexpr int64_t kIdleUs = 1'000'000;
constexpr int64_t kLostUs = 50'000;   // how often a lost token is thought of
constexpr size_t kPreparedMax = 256;  // keys; beyond, all are found anew

}  // namespace

void Pkcs11Token::SigningThread::run() {
  while (!token_.stopped_ || token_.waiting_ != 0) {
    Queue::Entry entry;
    const bool up = token_.up_;
    const bool taken = token_.queue_->requests.wait_dequeue_timed(entry, up ? kIdleUs : kLostUs);
    if (taken && entry.request != nullptr) serve(entry);
    if (!token_.up_ && !token_.stopped_ && token_.may_try_again()) {
      disconnect(false);
      connect();
    }
  }
}

// Sessions end for harmless reasons (an idle time-out, a token plugged in again), so one is opened anew at once; only
// what fails in a new one too is a token that is lost.
void Pkcs11Token::SigningThread::serve(const Queue::Entry& entry) {
  if (!token_.up_) return token_.complete(*entry.request, false);
  auto made = sign(*entry.key, *entry.request);
  if (!made && made.error().kind != Kind::kRefused) {
    disconnect(made.error().closed);
    made = sign(*entry.key, *entry.request);
  }
  if (made) {
    token_.proved();
    return token_.complete(*entry.request, true);
  }
  wipe(entry.request->signature);
  if (made.error().kind == Kind::kLost || made.error().kind == Kind::kPin) {
    disconnect(made.error().closed);
    token_.lost(made.error());
  } else {
    token_.report(Pkcs11Event::kSignature, made.error().text);
  }
  token_.complete(*entry.request, false);
}

Pkcs11Result<void> Pkcs11Token::SigningThread::sign(const TokenKey& key, RemoteSignature& request) {
  const auto prepared = prepare(key);
  if (!prepared) return std::unexpected(prepared.error());
  const size_t wanted = key.signature_size();
  SIGNET_CHECK(wanted <= request.signature.size());
  const MutableByteSpan out = MutableByteSpan(request.signature).first(wanted);
  const auto size = session_->sign((*prepared)->handle, key.algorithm(), request.input, out);
  if (!size) return std::unexpected(size.error());
  if (*size == wanted && (*prepared)->verifier->verify(request.input, out)) return {};
  // A fault, or an object that is not the one it was: in either case nobody must see it.
  return std::unexpected(Pkcs11Failure{
      Kind::kRefused, fmt::format("what the token signed does not hold with the public half of {}", key.location())});
}

Pkcs11Result<Pkcs11Token::SigningThread::Prepared*> Pkcs11Token::SigningThread::prepare(const TokenKey& key) {
  if (!session_) {
    auto session = token_.connect(Pkcs11Session::Access::kRead);
    if (!session) return std::unexpected(session.error());
    session_.emplace(std::move(*session));
    prepared_.clear();
  }
  if (const auto known = prepared_.find(key.number()); known != prepared_.end()) return &known->second;
  const auto handle = find_private_object(*session_, key.object().id);
  if (!handle) return std::unexpected(handle.error());
  if (prepared_.size() >= kPreparedMax) prepared_.clear();
  Prepared prepared{*handle, make_verifier(*key.public_jwk())};
  if (!prepared.verifier) return std::unexpected(Pkcs11Failure{Kind::kRefused, "the signing library refuses a key"});
  return &prepared_.insert_or_assign(key.number(), std::move(prepared)).first->second;
}

void Pkcs11Token::SigningThread::connect() {
  auto session = token_.connect(Pkcs11Session::Access::kRead);
  if (!session) return token_.still_lost();
  session_.emplace(std::move(*session));
  token_.connected();
}

void Pkcs11Token::SigningThread::disconnect(bool closed_by_token) {
  if (session_ && closed_by_token) session_->abandon();
  session_.reset();
  prepared_.clear();
}

}  // namespace signet
