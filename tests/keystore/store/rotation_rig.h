// RotationTest: a store with a fake clock, a client and what a worker does around the committer: it keeps tokens as a
// client would, and asks with them.
#pragma once

#include <condition_variable>
#include <mutex>

#include "keystore/revocation/revocation_index.h"
#include "keystore/store/commit_state.h"
#include "keystore/store/database.h"
#include "keystore/store/keys.h"
#include "tests/keystore/store/fake_clock.h"
#include "tests/keystore/store/store_fixture.h"

namespace signet::store {

inline constexpr uint32_t kGraceMs = 30'000;
inline constexpr uint32_t kIdleS = 30 * 86400;
inline constexpr UnixSeconds kAbsoluteS = UnixSeconds{365} * 86400;

// A request whose completion can be waited for.
class TestRotation final : public RotationRequest {
 public:
  void completed() override {
    const std::lock_guard lock(mutex_);
    done_ = true;
    told_.notify_all();
  }
  RotationVerdict wait() {
    std::unique_lock lock(mutex_);
    told_.wait(lock, [this] { return done_; });
    return verdict;
  }
  // Of the successor that this request would lead to, by what was presented.
  RefreshToken presented;

 private:
  std::mutex mutex_;
  std::condition_variable told_;
  bool done_ = false;
};

// Publishes revocations as the keystore does.
class IndexingListener : public RecordingListener {
 public:
  explicit IndexingListener(RevocationIndex& index) : index_(index) {}
  void committed(std::span<const StoreChange> what, std::function<void()> published) override {
    for (const StoreChange& change : what) {
      if (const auto* put = std::get_if<RevocationPut>(&change)) index_.add(put->row.revocation);
    }
    RecordingListener::committed(what, std::move(published));
  }

 private:
  RevocationIndex& index_;
};

class RotationTest : public StoreTest {
 protected:
  RotationTest() {
    options_.listener = &indexing_;
    options_.revocations = &index_;
    seams_.clock = &clock_;
    HashKey key;
    key.fill(9);
    keys_ = derive_refresh_keys(key);
  }
  void TearDown() override { store_.reset(); }

  void start() {
    open();
    store_->begin_service();
  }
  void restart() {
    store_->close();
    start();
  }
  // As after a kill: what was not committed is gone. The next open finds the last commit's time.
  void add_demo(std::string id = "client") {
    Client client = client_of(std::move(id));
    client.grants |= kGrantRefreshToken;
    ASSERT_TRUE(add_client(*store_, client));
  }

  RefreshFamily family_row(const RefreshToken& first) {
    const UnixSeconds now = clock_.wall / 1000;
    RefreshFamily family{.id = first.family,
                         .client_id = "client",
                         .subject = "client",
                         .scope = "a.read a.write",
                         .audiences = {"urn:demo", "https://rs.example"},
                         .created_ms = clock_.wall,
                         .idle_expires_at = now + kIdleS,
                         .absolute_expires_at = now + kAbsoluteS};
    family.rotation.current_hash = hash_refresh_secret(keys_, first.family, 1, first.secret);
    return family;
  }
  RefreshToken first_token() {
    RefreshToken token{.key_version = 1, .sequence = 1};
    token.family.fill(++families_);
    token.secret.fill(0x40);
    return token;
  }
  auto create(RefreshFamily family, std::optional<AuditActor> by = actor()) {
    return wait<RefreshFamily>([&](auto done) { store_->create_family(by, family, done); });
  }
  // A family of the client "client", durable; its first token.
  RefreshToken make_family() {
    const RefreshToken token = first_token();
    EXPECT_TRUE(create(family_row(token)));
    return token;
  }

  // Fills a request as a worker does for this token.
  void ask(TestRotation& request, const RefreshToken& token) {
    request.presented = token;
    request.family = token.family;
    request.sequence = token.sequence;
    request.hash = hash_refresh_secret(keys_, token.family, token.sequence, token.secret);
    request.client_id = "client";
    request.salt.fill(++salts_);
    request.successor_key_version = 1;
    request.successor_hash =
        hash_refresh_secret(keys_, token.family, token.sequence + 1,
                            next_refresh_secret(keys_, token.secret, token.family, token.sequence + 1, request.salt));
    request.window_ms = kGraceMs;
    request.idle_s = kIdleS;
  }
  RotationVerdict rotate(const RefreshToken& token) {
    TestRotation request;
    ask(request, token);
    store_->rotate_family(request);
    return request.wait();
  }
  // The token that an answered request gives its client.
  RefreshToken successor(const TestRotation& request) const {
    const RefreshToken& from = request.presented;
    const uint32_t sequence = request.rotation.sequence;
    return {.key_version = request.rotation.key_version,
            .family = from.family,
            .sequence = sequence,
            .secret = next_refresh_secret(keys_, from.secret, from.family, sequence, request.rotation.salt)};
  }
  // Rotates, or fails the test; gives the successor.
  RefreshToken advance(const RefreshToken& token) {
    TestRotation request;
    ask(request, token);
    store_->rotate_family(request);
    EXPECT_EQ(request.wait(), RotationVerdict::kRotated);
    return successor(request);
  }
  RefreshFamily stored(const RefreshToken& token) {
    const auto found = store_->find_family(0, token.family);
    EXPECT_TRUE(found && *found);
    return found && *found ? **found : RefreshFamily{};
  }

  // Audit records so far; closes the store.
  uint64_t audit_records() {
    store_->close();
    const auto database = Database::open_read_only(data() + "/store", nullptr);
    const auto value = (*database)->get(Family::kMeta, row_key(kNoTenant, kStateName));
    return decode_state(**value)->audit_sequence;
  }

  FakeClock clock_;
  QuiescentDomain domain_;
  RevocationIndex index_{domain_};
  IndexingListener indexing_{index_};
  RefreshKeys keys_;
  uint8_t families_ = 0;
  uint8_t salts_ = 0;
};

}  // namespace signet::store
