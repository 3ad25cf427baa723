// ApiTokenTest: a store with a fake clock, and what a worker does around the committer for API tokens.
#pragma once

#include <condition_variable>
#include <mutex>

#include "tests/keystore/store/rotation_rig.h"

namespace signet::store {

// A request whose completion can be waited for.
class TestApiTokenRequest final : public ApiTokenRequest {
 public:
  void completed() override {
    const std::lock_guard lock(mutex_);
    ++completions;
    told_.notify_all();
  }
  ApiTokenVerdict wait() {
    std::unique_lock lock(mutex_);
    told_.wait(lock, [this] { return completions != 0; });
    return verdict;
  }
  int completions = 0;

 private:
  std::mutex mutex_;
  std::condition_variable told_;
};

class ApiTokenTest : public RotationTest {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(digest_start()); }

  // A token of the client "client", each with an id of its own.
  ApiToken token_row() {
    ApiToken token{.key_version = 1,
                   .kind = ApiTokenKind::kVcloud,
                   .client_id = "client",
                   .subject = "client",
                   .name = "terraform",
                   .scope = "a.read",
                   .audiences = {"urn:demo"}};
    token.id.fill(0xA0);
    token.id[15] = ++tokens_;
    return token;
  }
  auto create(ApiToken token, std::optional<AuditActor> by = actor()) {
    return wait<ApiToken>([&](auto done) { store_->create_api_token(by, token, done); });
  }
  // Durable; as it is on record.
  ApiToken made() { return made(token_row()); }
  ApiToken made(ApiToken token) {
    const auto created = create(std::move(token));
    EXPECT_TRUE(created) << created.error().text;
    return created.value_or(ApiToken{});
  }
  ApiTokenVerdict redeem(const ApiToken& token) {
    TestApiTokenRequest request;
    request.tenant = token.tenant;
    request.id = token.id;
    request.kind = token.kind;
    store_->redeem_api_token(request);
    const ApiTokenVerdict verdict = request.wait();
    if (verdict == ApiTokenVerdict::kValid) {
      EXPECT_EQ(request.token, stored(token));
    }
    return verdict;
  }
  auto remove(ApiTokenRemoval removal) {
    return wait<void>([&](auto done) { store_->remove_api_token(actor(), removal, done); });
  }
  auto remove(const ApiToken& token) { return remove(ApiTokenRemoval{.tenant = token.tenant, .id = token.id}); }
  std::optional<ApiToken> found(const ApiToken& token) {
    const auto read = store_->find_api_token(token.tenant, token.id);
    EXPECT_TRUE(read);
    return read ? *read : std::nullopt;
  }
  ApiToken stored(const ApiToken& token) { return found(token).value_or(ApiToken{}); }
  size_t flush() {
    const auto left = wait<size_t>([&](auto done) { store_->flush_api_token_uses(done); });
    EXPECT_TRUE(left);
    return left.value_or(SIZE_MAX);
  }
  // Rows of a family; the store is closed.
  size_t rows(Family family) {
    store_->close();
    auto database = Database::open({.path = data() + "/store"});
    size_t count = 0;
    EXPECT_TRUE((*database)->scan(family, {}, {}, [&](auto, auto) { return ++count != 0; }));
    return count;
  }

 private:
  uint8_t tokens_ = 0;
};

}  // namespace signet::store
