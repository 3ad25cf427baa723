#include "keystore/keystore.h"

#include "keystore/keystore_implementation.h"
#include "protocol/base/check.h"

namespace signet {

KeystoreImplementation::KeystoreImplementation(const KeystoreOptions& options)
    : options_(options), notes_(options.workers + 1), builder_(options.issuer) {}

KeystoreImplementation::~KeystoreImplementation() {
  close();
  reclaimer_.reset();
  // No reader is left, so what still waits for grace (answers to changes among them) is due.
  while (domain_.poll() != 0) {
  }
}

void KeystoreImplementation::close() {
  if (generator_) generator_->stop();
  if (flusher_) flusher_->stop();
  if (store_) store_->close();
}

void KeystoreImplementation::note_used(size_t worker, uint32_t tenant, std::string_view client_id) {
  SIGNET_CHECK(worker < signer_count());
  notes_.mark(worker, clients_.shard_of(tenant, client_id));
}

void KeystoreImplementation::set_issuer(std::string issuer, uint32_t, StoreDone<void> done) {
  {
    const std::lock_guard lock(publish_mutex_);
    builder_.set_issuer(std::move(issuer));
    keys_->publish(builder_.build(), domain_);
  }
  domain_.after_grace([done = std::move(done)] { done({}); });
}

std::expected<std::unique_ptr<Keystore>, KeystoreFailure> Keystore::open(const KeystoreOptions& options) {
  auto keystore = std::make_unique<KeystoreImplementation>(options);
  if (auto opened = keystore->open(); !opened) return std::unexpected(KeystoreFailure{std::move(opened.error())});
  return keystore;
}

}  // namespace signet
