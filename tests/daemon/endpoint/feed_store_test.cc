// The feed over a real store: pages that memory has forgotten, and snapshots.
#include "tests/daemon/endpoint/feed_rig.h"
#include "tests/keystore/keystore_fixture.h"

namespace signet {
namespace {

constexpr UnixSeconds kFar = 4'000'000'000;

class FeedStoreTest : public KeystoreFixture {
 protected:
  using Answer = KeepingResponder::Answer;

  void SetUp() override {
    open(true);
    Client follower = client("rs");
    follower.flags = kClientFeed;
    ASSERT_TRUE(add(follower).has_value());
    ASSERT_TRUE(generate(JwsAlgorithm::kEdDSA).has_value());
    service_ = std::make_unique<Service>(*keystore_, 0, metrics_, shared_, 100);
  }
  void TearDown() override {
    keystore_->close();
    service_.reset();
  }
  // Revokes `first` to `first + count - 1`.
  void revoke(size_t first, size_t count, UnixSeconds expires_at = kFar) {
    std::atomic<size_t> left{count};
    std::promise<void> all;
    for (size_t i = 0; i < count; ++i) {
      keystore_->store().revoke(
          kActor, {.kind = RevocationKind::kToken, .value = "j" + std::to_string(first + i), .expires_at = expires_at},
          [&](const auto&) {
            if (--left == 0) all.set_value();
          });
    }
    all.get_future().wait();
  }
  Answer asked(const std::string& query, std::string_view path = "/oauth2/revocations") {
    http::Request request;
    request.id = {++slot_, 1, 0};
    request.method = http::Method::kGet;
    request.path = path;
    request.query = query;
    request.authorization = authorization_;
    service_->on_request(request, responder_);
    for (int i = 0; i < 5000 && !responder_.answers.contains(slot_); ++i) {
      service_->after_poll(responder_);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return responder_.answers[slot_];
  }
  // All sequences of a snapshot; `last` is its last page.
  std::vector<int64_t> snapshot(Answer& last) {
    std::vector<int64_t> all;
    for (std::string query;; query = "after=" + last.text("next")) {
      last = asked(query, "/oauth2/revocations/snapshot");
      EXPECT_EQ(last.status, 200);
      const std::vector<int64_t> page = last.sequences();
      EXPECT_LE(page.size(), 1000U);
      all.insert(all.end(), page.begin(), page.end());
      if (last.status != 200 || !last.more()) return all;
      EXPECT_TRUE(last.json().find("checkpoint")->is_null());
    }
  }

  ServiceShared shared_{ServiceSettings{}};
  WorkerMetrics metrics_;
  std::unique_ptr<Service> service_;
  KeepingResponder responder_;
  std::string authorization_ = basic_authorization("rs", "a-secret-of-some-length");
  uint32_t slot_ = 0;
};

TEST_F(FeedStoreTest, WalksFromTheStoreIntoMemory) {
  const size_t count = FeedTail::kEntries + 1500;
  revoke(1, count);
  ASSERT_GT(keystore_->feeds().of(0).start(), 1000U) << "the first page must come from the store";
  int64_t expected = 0;
  std::string query;
  for (bool more = true; more;) {
    const Answer answer = asked(query);
    ASSERT_EQ(answer.status, 200);
    for (const int64_t sequence : answer.sequences()) ASSERT_EQ(sequence, ++expected);
    EXPECT_FALSE(answer.text("checkpoint").empty());
    more = answer.more();
    query = "after=" + answer.text("to");
  }
  EXPECT_EQ(expected, static_cast<int64_t>(count));
}

TEST_F(FeedStoreTest, ASnapshotHasEveryLiveEntryAndLeadsToTheEndItBeganAt) {
  revoke(1, 1500);
  revoke(1501, 100, 1'000'000'000);  // long expired: they get no entry
  revoke(1601, 901);
  Answer last = asked("", "/oauth2/revocations/snapshot");
  EXPECT_EQ(last.sequences().size(), 1000U);
  EXPECT_TRUE(last.more());
  revoke(9001, 1);  // meanwhile
  last = asked("after=" + last.text("next"), "/oauth2/revocations/snapshot");
  EXPECT_EQ(last.sequences().size(), 1000U);
  EXPECT_EQ(last.sequences().front(), 1001);
  last = asked("after=" + last.text("next"), "/oauth2/revocations/snapshot");
  EXPECT_EQ(last.sequences().size(), 401U);
  EXPECT_EQ(last.sequences().back(), 2401);
  EXPECT_FALSE(last.more());
  EXPECT_FALSE(last.text("checkpoint").empty());
  const Answer rest = asked("after=" + last.text("to"));
  EXPECT_EQ(rest.sequences(), std::vector<int64_t>{2402}) << "nothing is lost between snapshot and feed";
}

TEST_F(FeedStoreTest, ASnapshotOfExactlyOnePageEndsThere) {
  revoke(1, 1000);
  Answer last;
  EXPECT_EQ(snapshot(last).size(), 1000U);
  EXPECT_FALSE(last.more());
  EXPECT_EQ(asked("after=" + last.text("to")).sequences().size(), 0U);
}

TEST_F(FeedStoreTest, AClientDisabledWhileItsPageIsReadGetsNone) {
  revoke(1, 10);
  http::Request request;
  request.id = {++slot_, 1, 0};
  request.method = http::Method::kGet;
  request.path = "/oauth2/revocations/snapshot";
  request.authorization = authorization_;
  service_->on_request(request, responder_);
  ASSERT_TRUE(update("rs", {.flags_set = kClientDisabled}).has_value());
  for (int i = 0; i < 5000 && !responder_.answers.contains(slot_); ++i) {
    service_->after_poll(responder_);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(responder_.answers[slot_].status, 401);
}

TEST_F(FeedStoreTest, AStoreThatIsClosedIs503) {
  revoke(1, 10);
  keystore_->close();
  const Answer answer = asked("", "/oauth2/revocations/snapshot");
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.fields.find("Retry-After"), std::string::npos);
  EXPECT_EQ(asked("").status, 200) << "what is in memory is still served";
}

}  // namespace
}  // namespace signet
