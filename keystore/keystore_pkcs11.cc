// Keys in a PKCS#11 token: making them, and destroying their objects when they sign no more.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "keystore/keystore_implementation.h"
#include "keystore/wait_for_store.h"

namespace signet {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds kDestroyAgain{30};

std::unexpected<StoreError> refused(StoreErrorKind kind, std::string text) {
  return std::unexpected(StoreError{kind, std::move(text)});
}

AuditActor keeper() {
  return {.uid = static_cast<uint32_t>(::getuid()), .pid = static_cast<uint32_t>(::getpid()), .via = "schedule"};
}

StoreError token_refusal(const Pkcs11Failure& failure) {
  const bool later = failure.kind == Pkcs11Failure::Kind::kLost || failure.kind == Pkcs11Failure::Kind::kPin;
  return {later ? StoreErrorKind::kUnavailable : StoreErrorKind::kInvalid, "the PKCS#11 token: " + failure.text};
}

}  // namespace

std::expected<void, std::string> KeystoreImplementation::open_token() {
  if (options_.pkcs11.module.empty()) return {};
  auto opened = Pkcs11Token::open(options_.pkcs11, options_.on_pkcs11_event);
  if (!opened) return std::unexpected(std::move(opened.error()));
  token_ = std::move(*opened);
  return {};
}

std::optional<Pkcs11Status> KeystoreImplementation::pkcs11_status() const {
  return token_ ? std::optional(token_->status()) : std::nullopt;
}

// Whoever has the object signs with it, and destroys it in the end: it belongs to one key of one tenant.
bool KeystoreImplementation::object_in_use(const TokenKey& key) {
  const std::string location = key.location();
  const std::lock_guard lock(publish_mutex_);
  const auto all = builder_.build();
  return std::ranges::any_of(all->tenants, [&](const auto& tenant) {
    return std::ranges::any_of(tenant->keys, [&](const auto& one) { return one->location == location; });
  });
}

KeystoreImplementation::MadeKey KeystoreImplementation::make_in_token(const AuditActor& actor, uint32_t tenant,
                                                                      const KeyPurpose& purpose) {
  if (!token_) {
    return refused(StoreErrorKind::kInvalid,
                   "no PKCS#11 token is configured: set pkcs11_module, pkcs11_token and pkcs11_pin_file");
  }
  {
    const std::lock_guard lock(publish_mutex_);
    if (!builder_.has_tenant(tenant)) return refused(StoreErrorKind::kNotFound, "there is no such tenant");
  }
  const TokenPlace& place = *purpose.token;
  const bool adopts = !place.adopt.empty();
  const int rsa_bits = purpose.bits == 0 ? kRsaBitsDefault : purpose.bits;
  const auto key = adopts ? adopt_token_key(token_, purpose.algorithm, place.adopt)
                          : make_token_key(token_, purpose.algorithm, rsa_bits, place.label);
  if (!key) return std::unexpected(token_refusal(key.error()));
  if (adopts && object_in_use(**key)) {
    return refused(StoreErrorKind::kConflict, "another key of this installation has that object already");
  }
  auto made = add_new_key(actor, tenant, purpose, *key);
  if (made || adopts) return made;
  // After an unknown end the row may be there, and then the object must be, too.
  if (made.error().kind == StoreErrorKind::kUnavailable) return made;
  if (const auto gone = destroy_token_object(*token_, (*key)->object()); !gone && options_.on_pkcs11_event) {
    options_.on_pkcs11_event(Pkcs11Event::kObject,
                             fmt::format("{} was made and is not used: {}", (*key)->location(), gone.error().text));
  }
  return made;
}

void KeystoreImplementation::doom_object(const KeyRow& row, std::chrono::seconds spare) {
  if (row.sealed_location.empty() || keeps_private_half(row.status, row.algorithm)) return;
  const auto same = [&](const DoomedObject& one) { return one.tenant == row.tenant && one.kid == row.kid; };
  if (std::ranges::any_of(doomed_, same)) return;
  // One that does not open names nothing that could be destroyed; for other keys than destroyed ones the start refuses.
  auto object = open_location(*vault_, row);
  if (object) doomed_.push_back({row.tenant, row.kid, std::move(*object), Steady::now() + spare});
}

// One at a time, on the keeper's thread: a token may be slow.
void KeystoreImplementation::destroy_doomed_objects() {
  DoomedObject due;
  {
    const std::lock_guard lock(publish_mutex_);
    const auto found =
        std::ranges::find_if(doomed_, [](const DoomedObject& one) { return one.not_before <= Steady::now(); });
    if (found == doomed_.end()) return;
    found->not_before = Steady::now() + kDestroyAgain;
    due = *found;
    found->reported = true;
  }
  std::string failure = "no PKCS#11 token is configured";
  if (token_) {
    const auto gone = destroy_token_object(*token_, due.object);
    failure = gone ? std::string() : gone.error().text;
  }
  if (failure.empty()) {
    const KeyStep step{.kind = KeyStep::Kind::kForgetLocation, .tenant = due.tenant, .kid = due.kid};
    const auto stepped = step_now(keeper(), step);
    // Otherwise again: an object that is gone already counts as destroyed.
    if (!stepped && stepped.error().kind == StoreErrorKind::kUnavailable) return;
    const std::lock_guard lock(publish_mutex_);
    std::erase_if(doomed_, [&](const DoomedObject& one) { return one.tenant == due.tenant && one.kid == due.kid; });
    return;
  }
  if (!token_ && due.reported) return;  // as long as nobody configures it, once is enough
  const std::string text = fmt::format("the private object of key {} ({}) is not destroyed yet: {}", due.kid,
                                       write_token_object(due.object), failure);
  if (options_.on_pkcs11_event) options_.on_pkcs11_event(Pkcs11Event::kObject, text);
  if (due.reported) return;
  (void)wait_for_store<void>(closing_, [&](StoreDone<void> done) {
    store_->append_audit(keeper(), "key.object-kept", fmt::format(R"({{"kid":"{}","tenant":{}}})", due.kid, due.tenant),
                         std::move(done));
  });
}

}  // namespace signet
