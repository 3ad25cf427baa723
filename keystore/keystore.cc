#include "keystore/keystore.h"

#include "keystore/keystore_implementation.h"
#include "protocol/base/check.h"

namespace signet {

KeystoreImplementation::KeystoreImplementation(const KeystoreOptions& options, std::unique_ptr<Vault> vault)
    : options_(options),
      notes_(options.workers + 1),
      vault_(std::move(vault)),
      builder_(options.issuer),
      schedule_(options.key_schedule),
      jwks_max_age_s_(options.jwks_max_age_s) {
  schedule_.skew_s = options.clock_skew_s;
  builder_.set_schedule(schedule_, terms_of_new_key());
}

KeystoreImplementation::~KeystoreImplementation() {
  close();
  // After a close beside a reader there may be more. No reader is left now, so all of it is due.
  reclaimer_.reset();
  run_what_is_due();
}

void KeystoreImplementation::close() {
  closing_ = true;
  if (keeper_) keeper_->stop();
  if (generator_) generator_->stop();
  if (hasher_) hasher_->stop();
  if (flusher_) flusher_->stop();
  backup_.close();
  if (store_) store_->close();
  if (token_) token_->stop();
  // Answers to changes wait for grace too. Whoever closes may end what they answer to (a loop they post to), so they
  // come before this returns. The reclaimer first: it may be in the middle of one.
  reclaimer_.reset();
  run_what_is_due();
  // A reader that is still registered holds back what it has not passed, perhaps for ever if its loop has ended: that
  // is not waited for, but left to a reclaimer again.
  if (domain_.backlog().actions != 0) reclaimer_.emplace(domain_);
}

// An action may retire again, so until nothing runs.
void KeystoreImplementation::run_what_is_due() {
  while (domain_.poll() != 0) {
  }
}

void KeystoreImplementation::note_used(size_t worker, uint32_t tenant, std::string_view client_id) {
  SIGNET_CHECK(worker < signer_count());
  notes_.mark(worker, clients_.shard_of(tenant, client_id));
}

void KeystoreImplementation::set_issuer(std::string issuer, StoreDone<void> done) {
  {
    const std::lock_guard lock(publish_mutex_);
    builder_.set_issuer(std::move(issuer));
    keys_->publish(builder_.build(), domain_);
  }
  domain_.after_grace([done = std::move(done)] { done({}); });
}

std::expected<std::unique_ptr<Keystore>, KeystoreFailure> Keystore::open(const KeystoreOptions& options,
                                                                         std::unique_ptr<Vault> vault) {
  auto keystore = std::make_unique<KeystoreImplementation>(options, std::move(vault));
  if (auto opened = keystore->open(); !opened) return std::unexpected(KeystoreFailure{std::move(opened.error())});
  return keystore;
}

}  // namespace signet
