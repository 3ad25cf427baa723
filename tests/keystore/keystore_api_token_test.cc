// API tokens over a whole keystore: from the text to the record and back to nothing.
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "keystore/key_cells.h"
#include "tests/keystore/keystore_fixture.h"

namespace signet {
namespace {

using Verdict = ApiTokenVerdict;

class Redemption final : public ApiTokenRequest {
 public:
  void completed() override {
    const std::lock_guard lock(mutex_);
    done_ = true;
    told_.notify_all();
  }
  Verdict wait() {
    std::unique_lock lock(mutex_);
    told_.wait(lock, [this] { return done_; });
    return verdict;
  }

 private:
  std::mutex mutex_;
  std::condition_variable told_;
  bool done_ = false;
};

class KeystoreApiTokenTest : public KeystoreFixture {
 protected:
  void begin() {
    open(true);
    ASSERT_TRUE(add(client("a")).has_value());
  }
  static ApiToken wish(std::string subject = "alice") {
    return {.kind = ApiTokenKind::kVcloud,
            .client_id = "a",
            .subject = std::move(subject),
            .name = "terraform",
            .scope = "a"};
  }
  struct Made {
    ApiToken token;
    std::string text;
  };
  Made make(ApiToken token) {
    auto made = await<Keystore::MadeApiToken>(
        [&](auto done) { keystore_->create_api_token(kActor, std::move(token), std::move(done)); });
    EXPECT_TRUE(made.has_value()) << made.error().text;
    if (!made) return {};
    return {made->token, std::string(as_text(made->text.expose()))};
  }
  Made make() { return make(wish()); }
  // As a worker does: a forged one is kUnknown without the store.
  Verdict redeem(std::string_view text, ApiToken* token = nullptr, uint32_t tenant = 0) {
    const auto id = keystore_->identify_api_token(tenant, text);
    if (!id) return Verdict::kUnknown;
    Redemption request;
    request.tenant = tenant;
    request.id = *id;
    request.kind = ApiTokenKind::kVcloud;
    keystore_->store().redeem_api_token(request);
    const Verdict verdict = request.wait();
    if (token != nullptr) *token = request.token;
    return verdict;
  }
  bool remove(const ApiToken& token) {
    return await<void>([&](auto done) {
             keystore_->store().remove_api_token(kActor, {.tenant = token.tenant, .id = token.id}, done);
           })
        .has_value();
  }
};

TEST_F(KeystoreApiTokenTest, ATokenIsRedeemedUntilItIsRemovedAndOverRestarts) {
  begin();
  const Made made = make();
  ASSERT_EQ(made.text.size(), kApiTokenTextSize);
  ApiToken token;
  EXPECT_EQ(redeem(made.text, &token), Verdict::kValid);
  EXPECT_EQ(token, made.token);
  EXPECT_EQ(token.subject, "alice");
  EXPECT_GT(token.created_ms, 1'700'000'000'000);
  reopen();
  EXPECT_EQ(keystore_->api_tokens().entries(), 1U);
  EXPECT_EQ(redeem(made.text, &token), Verdict::kValid);
  EXPECT_EQ(token.id, made.token.id);
  EXPECT_TRUE(remove(made.token));
  EXPECT_FALSE(keystore_->identify_api_token(0, made.text)) << "its fingerprint stayed";
  EXPECT_FALSE(remove(made.token));
  reopen();
  EXPECT_EQ(keystore_->api_tokens().entries(), 0U);
  EXPECT_EQ(redeem(made.text), Verdict::kUnknown);
}

TEST_F(KeystoreApiTokenTest, AForgedOneNeverReachesTheStore) {
  begin();
  const Made made = make();
  const uint64_t operations = keystore_->store().status().operations;
  for (size_t at = 0; at < made.text.size(); ++at) {
    for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+ ")) {
      if (c == made.text[at]) continue;
      std::string forged = made.text;
      forged[at] = c;
      EXPECT_EQ(redeem(forged), Verdict::kUnknown) << at << c;
    }
  }
  EXPECT_EQ(redeem(""), Verdict::kUnknown);
  EXPECT_EQ(redeem(made.text.substr(1)), Verdict::kUnknown);
  EXPECT_EQ(redeem(made.text + "A"), Verdict::kUnknown);
  EXPECT_EQ(redeem(std::string(1 << 20, 'A')), Verdict::kUnknown);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(redeem(as_text(generate_api_token_text().expose())), Verdict::kUnknown);
  }
  EXPECT_EQ(redeem(made.text, nullptr, 1), Verdict::kUnknown) << "in another tenant";
  EXPECT_EQ(keystore_->store().status().operations, operations) << "the store was asked";
  EXPECT_EQ(redeem(made.text), Verdict::kValid);
  EXPECT_EQ(keystore_->store().status().operations, operations + 1);
}

TEST_F(KeystoreApiTokenTest, AnotherTenantsIsUnknown) {
  begin();
  const auto tenant = await<TenantRow>([&](auto done) { keystore_->store().add_tenant(kActor, "acme", done); });
  ASSERT_TRUE(tenant.has_value());
  Client other = client("a");
  other.tenant = tenant->number;
  ASSERT_TRUE(add(other).has_value());
  ApiToken wanted = wish();
  wanted.tenant = tenant->number;
  const Made theirs = make(wanted);
  const Made ours = make();
  EXPECT_EQ(redeem(theirs.text), Verdict::kUnknown);
  EXPECT_EQ(redeem(ours.text, nullptr, tenant->number), Verdict::kUnknown);
  EXPECT_EQ(redeem(theirs.text, nullptr, tenant->number), Verdict::kValid);
  EXPECT_EQ(redeem(ours.text), Verdict::kValid);
}

TEST_F(KeystoreApiTokenTest, OnesMadeUnderAnOlderKeyAreFoundUnderTheirs) {
  begin();
  const Made old = make();
  HashKey key;
  key.fill(0x5A);
  auto sealed = seal_family_key(keystore_->vault(), 2, key);
  ASSERT_TRUE(sealed.has_value());
  ASSERT_TRUE(await<void>(
      [&](auto done) { keystore_->store().put_secret(kActor, {std::string(kFamilyKeyFamily), 2, *sealed}, done); }));
  reopen();
  ASSERT_EQ(keystore_->family_keys().current_version(), 2);
  const Made fresh = make();
  EXPECT_EQ(old.token.key_version, 1);
  EXPECT_EQ(fresh.token.key_version, 2);
  for (int restart = 0; restart < 2; ++restart) {
    EXPECT_EQ(redeem(old.text), Verdict::kValid);
    EXPECT_EQ(redeem(fresh.text), Verdict::kValid);
    reopen();
  }
}

TEST_F(KeystoreApiTokenTest, ARefusedCreationGivesNoText) {
  begin();
  ApiToken nobody = wish();
  nobody.client_id = "nobody";
  const auto refused =
      await<Keystore::MadeApiToken>([&](auto done) { keystore_->create_api_token(kActor, nobody, std::move(done)); });
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, StoreErrorKind::kNotFound);
  EXPECT_EQ(keystore_->api_tokens().entries(), 0U);
}

TEST_F(KeystoreApiTokenTest, GoesWithItsClientAndByRevocation) {
  begin();
  ASSERT_TRUE(add(client("b")).has_value());
  const Made first = make();
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  const auto revoked = await<RevocationOutcome>([&](auto done) {
    keystore_->store().revoke(kActor, {.kind = RevocationKind::kSubject, .value = "alice"}, done);
  });
  ASSERT_TRUE(revoked.has_value());
  EXPECT_EQ(redeem(first.text), Verdict::kRevoked);
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  const Made second = make();
  EXPECT_EQ(redeem(second.text), Verdict::kValid);
  reopen();
  EXPECT_EQ(redeem(first.text), Verdict::kRevoked);
  EXPECT_EQ(redeem(second.text), Verdict::kValid);
  ASSERT_TRUE(await<void>([&](auto done) { keystore_->store().remove_client(kActor, 0, "a", done); }));
  EXPECT_EQ(keystore_->api_tokens().entries(), 0U);
  EXPECT_EQ(redeem(second.text), Verdict::kUnknown);
}

TEST_F(KeystoreApiTokenTest, TheLastUseIsWrittenAtTheLatestWhenItCloses) {
  begin();
  const Made used = make();
  const Made unused = make();
  EXPECT_EQ(redeem(used.text), Verdict::kValid);
  reopen();
  const auto minute_of = [&](const Made& made) {
    return keystore_->store().find_api_token(0, made.token.id)->value().last_used_minute;
  };
  EXPECT_GE(minute_of(used), static_cast<uint32_t>(used.token.created_ms / 60'000));
  EXPECT_EQ(minute_of(unused), 0U);
}

// Workers redeem while tokens come and go. What was answered holds: one that was made is valid, one that was removed is
// not found by any redemption that begins afterwards.
TEST_F(KeystoreApiTokenTest, WorkersSeeEveryCreationAndRemovalOnceItIsAnswered) {
  begin();
  constexpr size_t kTokens = 60;
  std::array<Made, kTokens> made;
  std::atomic<size_t> created{0}, removed{0};
  std::atomic<uint64_t> wrong{0}, redeemed{0};
  std::atomic<bool> done{false};
  const auto work = [&](uint64_t seed) {
    auto* reader = keystore_->domain().register_reader([] {});
    uint64_t state = seed;
    while (!done.load()) {
      const size_t gone = removed.load(std::memory_order_acquire);
      const size_t there = created.load(std::memory_order_acquire);
      if (there == 0) continue;
      state = state * 6364136223846793005 + 1442695040888963407;
      const size_t n = (state >> 33) % there;
      const Verdict verdict = redeem(made[n].text);
      const bool stays = n % 2 == 1;
      if (stays ? verdict != Verdict::kValid : n < gone && verdict != Verdict::kUnknown) ++wrong;
      ++redeemed;
      reader->pass();
    }
    keystore_->domain().unregister_reader(reader);
  };
  std::vector<std::thread> workers;
  for (uint64_t seed = 1; seed <= 2; ++seed) workers.emplace_back(work, seed);
  for (size_t n = 0; n < kTokens; ++n) {
    made[n] = make();
    created.store(n + 1, std::memory_order_release);
    if (n >= 10 && n % 2 == 0) {
      EXPECT_TRUE(remove(made[n - 10].token));
      removed.store(n - 9, std::memory_order_release);
    }
  }
  done = true;
  for (auto& worker : workers) worker.join();
  EXPECT_EQ(wrong, 0U);
  EXPECT_GT(redeemed, 0U);
}

}  // namespace
}  // namespace signet
