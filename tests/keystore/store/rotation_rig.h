// RotationTest: a store with a fake clock, a client and what a worker does around the committer: it keeps tokens as a
// client would, and asks with them.
#pragma once

#include "keystore/store/commit_state.h"
#include "keystore/store/database.h"
#include "keystore/store/keys.h"
#include "tests/keystore/store/fake_clock.h"
#include "tests/keystore/store/indexing_listener.h"
#include "tests/keystore/store/store_fixture.h"
#include "tests/keystore/store/test_rotation.h"

namespace signet::store {

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

  RefreshFamily family_row(const RefreshToken& first) { return family_of(first, keys_, "client", clock_.wall); }
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
    RefreshSalt salt;
    salt.fill(++salts_);
    fill_rotation(request, keys_, token, "client", salt);
  }
  RotationVerdict rotate(const RefreshToken& token) {
    TestRotation request;
    ask(request, token);
    store_->rotate_family(request);
    return request.wait();
  }
  // The token that an answered request gives its client.
  RefreshToken successor(const TestRotation& request) const { return successor_of(request, keys_); }
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
