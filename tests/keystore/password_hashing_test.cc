// New passwords through the keystore: hashed in order beside everything else, bounded, and kept over a restart.
#include "keystore/password_hashing.h"

#include <thread>

#include "tests/keystore/keystore_fixture.h"

namespace signet {
namespace {

using Verifiers = std::vector<PasswordVerifier>;

class PasswordHashingTest : public KeystoreFixture {
 protected:
  static std::vector<PasswordWish> wishes(size_t count, const std::string& password = "pass") {
    std::vector<PasswordWish> made;
    for (size_t i = 0; i < count; ++i) {
      made.push_back({0, "p" + std::to_string(i), SecretBytes::copy_of(as_bytes(password))});
    }
    return made;
  }
  std::expected<Verifiers, StoreError> hash(size_t count) {
    return await<Verifiers>([&](auto done) { keystore_->hash_passwords(wishes(count), done); });
  }
};

TEST_F(PasswordHashingTest, GivesEachItsOwnInTheirOrder) {
  open(true);
  const auto made = hash(5);
  ASSERT_TRUE(made.has_value()) << made.error().text;
  ASSERT_EQ(made->size(), 5u);
  const PasswordCheck& check = keystore_->passwords();
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(check.verify((*made)[i], 0, "p" + std::to_string(i), "pass"), PasswordVerdict::kRight);
    EXPECT_EQ(check.verify((*made)[i], 0, "p" + std::to_string(i + 1), "pass"), PasswordVerdict::kWrong);
  }
  EXPECT_TRUE(hash(0)->empty());
}

TEST_F(PasswordHashingTest, IsThereAfterARestart) {
  open(true);
  Client person = client("p0");
  person.secrets.clear();
  person.password = hash(1)->front();
  const auto added = add(person);
  ASSERT_TRUE(added.has_value());
  reopen();
  const ClientRecord* record = keystore_->clients().find(0, "p0");
  ASSERT_NE(record, nullptr);
  ASSERT_NE(record->password(), nullptr);
  EXPECT_EQ(keystore_->passwords().verify(*record->password(), 0, "p0", "pass"), PasswordVerdict::kRight);
  EXPECT_EQ(keystore_->passwords().verify(*record->password(), 0, "p0", "Pass"), PasswordVerdict::kWrong);
  ClientUpdate drop;
  drop.password.emplace(std::nullopt);
  const auto dropped = update("p0", drop);
  ASSERT_TRUE(dropped.has_value());
  EXPECT_GT(dropped->revision, added->revision);
  EXPECT_EQ(keystore_->clients().find(0, "p0")->password(), nullptr);
}

TEST_F(PasswordHashingTest, AFloodIsRefusedAndNobodyForgotten) {
  open(true);
  EXPECT_EQ(hash(PasswordHasher::kWishesMax + 1).error().kind, StoreErrorKind::kInvalid);
  std::atomic<int> done{0};
  std::atomic<int> busy{0};
  const int calls = 40;
  std::vector<std::vector<PasswordWish>> flood;  // made before, so that it comes faster than it is worked off
  for (int i = 0; i < calls; ++i) flood.push_back(wishes(64));
  for (auto& some : flood) {
    keystore_->hash_passwords(std::move(some), [&](const auto& made) {
      if (!made && made.error().kind == StoreErrorKind::kBusy) ++busy;
      ++done;
    });
  }
  while (done < calls) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_GT(busy, 0);
  EXPECT_LT(busy, calls);
  EXPECT_TRUE(hash(1).has_value()) << "there is room again";
}

TEST_F(PasswordHashingTest, AStopRefusesWhatWaits) {
  open(true);
  std::atomic<int> answers{0};
  for (int i = 0; i < 4; ++i) keystore_->hash_passwords(wishes(60), [&](const auto&) { ++answers; });
  keystore_->close();
  EXPECT_EQ(answers, 4);
  EXPECT_EQ(hash(1).error().kind, StoreErrorKind::kUnavailable);
}

}  // namespace
}  // namespace signet
