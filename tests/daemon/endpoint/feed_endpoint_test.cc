// The feed without waiting: who may ask, what is malformed, what is gone, pages and checkpoints.
#include <algorithm>

#include "protocol/base/base64url.h"
#include "protocol/jose/jws.h"
#include "protocol/jose/jws_verify.h"
#include "protocol/jwt/verified_jwt.h"
#include "tests/daemon/endpoint/feed_rig.h"

namespace signet {
namespace {

using FeedEndpointTest = FeedTest;

class PublishedKeys : public VerificationKeys {
 public:
  explicit PublishedKeys(const std::string& jwks) : keys_(parse_jwks(jwks).value()) {}
  VerificationKey find(std::string_view kid) const override {
    for (const Jwk& key : keys_) {
      if (key.kid == kid) return &key;
    }
    return {};
  }
  const std::vector<Jwk>& all() const { return keys_; }

 private:
  std::vector<Jwk> keys_;
};

// The claims of a compact JWT, unchecked.
std::string claims_of(std::string_view token) {
  const std::string_view payload = split_compact_jws(token).value().payload();
  std::string out(base64url_decoded_size_max(payload.size()), '\0');
  out.resize(base64url_decode(payload, {reinterpret_cast<uint8_t*>(out.data()), out.size()}).value_or(0));
  return out;
}

TEST_F(FeedEndpointTest, AnonymousIs401WithAChallenge) {
  authorization_.clear();
  const Answer answer = asked();
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.text("error"), "invalid_client");
  EXPECT_NE(answer.fields.find("WWW-Authenticate: Basic"), std::string::npos);
  EXPECT_EQ(asked("", kSnapshotPath).status, 401);
  EXPECT_EQ(metrics_.auth_failures[static_cast<size_t>(AuthFailure::kNoCredentials)].read(), 2U);
}

TEST_F(FeedEndpointTest, AWrongSecretIs401AndCounted) {
  authorization_ = basic_authorization("rs", "wrong");
  EXPECT_EQ(asked().status, 401);
  EXPECT_EQ(metrics_.auth_failures[static_cast<size_t>(AuthFailure::kWrongSecret)].read(), 1U);
}

TEST_F(FeedEndpointTest, AClientWithoutTheFlagIs403) {
  add_follower(kClientIntrospectAll);
  EXPECT_EQ(asked().status, 403);
  EXPECT_EQ(asked().text("error"), "unauthorized_client");
  EXPECT_EQ(asked("", kSnapshotPath).status, 403);
}

TEST_F(FeedEndpointTest, ADisabledClientIs401) {
  add_follower(kClientFeed | kClientDisabled);
  EXPECT_EQ(asked().status, 401);
}

TEST_F(FeedEndpointTest, AnUnauthorisedCallerLearnsNothingOfItsCursor) {
  authorization_.clear();
  EXPECT_EQ(asked("after=nonsense&x=1").status, 401);
}

TEST_F(FeedEndpointTest, OtherMethodsAre405) {
  for (const http::Method method : {http::Method::kPost, http::Method::kPut, http::Method::kDelete}) {
    EXPECT_EQ(asked("", kPath, method).status, 405);
    EXPECT_EQ(asked("", kSnapshotPath, method).status, 405);
  }
  EXPECT_EQ(asked("", kPath, http::Method::kHead).status, 200);
}

TEST_F(FeedEndpointTest, MalformedQueriesAre400) {
  revoke(3);
  for (const std::string& query :
       {std::string("after="), std::string("after"), std::string("wait"), std::string("after=AAAA"),
        "after=" + cursor(1) + "A", std::string("after=%zz"), std::string("wait="), std::string("wait=61"),
        std::string("wait=-1"), std::string("wait=1.5"), std::string("wait=4294967297"), std::string("wait=x"),
        std::string("since=1"), std::string("client_id=rs"), after(1) + "&" + after(1), std::string("wait=1&wait=1"),
        "after=" + std::string(600, 'A')}) {
    const Answer answer = asked(query);
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_EQ(answer.text("error"), "invalid_request") << query;
  }
  EXPECT_EQ(asked("wait=1", kSnapshotPath).status, 400) << "a snapshot does not wait";
  EXPECT_EQ(asked(after(1), kSnapshotPath).status, 400) << "a feed's cursor is none of a snapshot";
}

TEST_F(FeedEndpointTest, CursorsOfAnotherFeedAre410WithTheSnapshotsAddress) {
  revoke(3);
  for (const std::string& query : {"after=" + cursor(1, kEpoch + 1), after(4), after(UINT64_MAX),
                                   "after=" + cursor(1, kEpoch, 9), "wait=5&" + after(4)}) {
    const Answer answer = asked(query);
    EXPECT_EQ(answer.status, 410) << query;
    EXPECT_EQ(answer.text("error"), "invalid_request");
    EXPECT_EQ(answer.text("snapshot"), "http://127.0.0.1:8420/oauth2/revocations/snapshot");
  }
  EXPECT_EQ(metrics_.feed_gone.read(), 5U);
}

TEST_F(FeedEndpointTest, SnapshotCursorsOfAnotherFeedAre410) {
  revoke(3);
  for (const SnapshotCursor& foreign :
       {SnapshotCursor{kEpoch + 1, 0, 1, 3}, SnapshotCursor{kEpoch, 5, 1, 3}, SnapshotCursor{kEpoch, 0, 1, 4}}) {
    const SnapshotCursorText text = write_snapshot_cursor(foreign);
    EXPECT_EQ(asked("after=" + std::string(text.data(), text.size()), kSnapshotPath).status, 410);
  }
  const SnapshotCursorText impossible = write_snapshot_cursor({kEpoch, 0, 3, 2});
  EXPECT_EQ(asked("after=" + std::string(impossible.data(), impossible.size()), kSnapshotPath).status, 400);
}

TEST_F(FeedEndpointTest, AnEmptyFeedIsAnEmptyPage) {
  const Answer answer = asked();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.text("epoch"), "0123456789abcdef");
  EXPECT_EQ(answer.text("from"), cursor(0));
  EXPECT_EQ(answer.text("to"), cursor(0));
  EXPECT_TRUE(answer.sequences().empty());
  EXPECT_FALSE(answer.more());
  EXPECT_NE(answer.fields.find("Cache-Control: no-store"), std::string::npos);
}

TEST_F(FeedEndpointTest, AnEmptySnapshotLeadsIntoTheFeed) {
  const Answer answer = asked("", kSnapshotPath);
  EXPECT_EQ(answer.status, 200);
  EXPECT_FALSE(answer.more());
  EXPECT_EQ(answer.text("to"), cursor(0));
  EXPECT_FALSE(answer.text("checkpoint").empty());
}

TEST_F(FeedEndpointTest, GoesOnBehindTheCursor) {
  revoke(5);
  EXPECT_EQ(asked().sequences(), (std::vector<int64_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(asked(after(3)).sequences(), (std::vector<int64_t>{4, 5}));
  EXPECT_EQ(asked(after(3) + "&wait=30").sequences(), (std::vector<int64_t>{4, 5})) << "it does not wait for more";
  EXPECT_TRUE(asked(after(5)).sequences().empty());
  EXPECT_TRUE(asked(after(5) + "&wait=0").sequences().empty());
}

TEST_F(FeedEndpointTest, PagesBreakAtAThousand) {
  revoke(999);
  EXPECT_FALSE(asked().more());
  revoke(1);
  EXPECT_FALSE(asked().more()) << "exactly a page";
  EXPECT_EQ(asked().sequences().size(), 1000U);
  revoke(1);
  const Answer first = asked();
  EXPECT_TRUE(first.more());
  EXPECT_EQ(first.sequences().size(), 1000U);
  EXPECT_EQ(first.text("to"), cursor(1000));
  const Answer second = asked("after=" + first.text("to"));
  EXPECT_EQ(second.sequences(), std::vector<int64_t>{1001});
  EXPECT_FALSE(second.more());
}

TEST_F(FeedEndpointTest, TenantsAreApart) {
  keystore_.add_tenant(4, "acme");
  keystore_.add_key(JwsAlgorithm::kEdDSA, {}, 4);
  revoke(2);
  revoke(3, 4);
  EXPECT_EQ(asked("", "/t/acme/oauth2/revocations").status, 401) << "the client is another tenant's";
  add_follower(kClientFeed, 4);
  const Answer answer = asked("", "/t/acme/oauth2/revocations");
  EXPECT_EQ(answer.sequences().size(), 3U);
  EXPECT_EQ(asked().sequences().size(), 2U);
  const Answer mixed = asked("after=" + answer.text("from"));
  EXPECT_EQ(mixed.status, 410) << "a cursor of one tenant is none of another";
  EXPECT_EQ(asked(after(1), "/t/acme/oauth2/revocations").text("snapshot"),
            "http://127.0.0.1:8420/t/acme/oauth2/revocations/snapshot");
  EXPECT_EQ(asked("", "/t/default/oauth2/revocations").status, 404);
}

TEST_F(FeedEndpointTest, ACheckpointVerifiesWithThePublishedKeysAndIsNoAccessToken) {
  revoke(3);
  const std::string token = asked(after(1)).text("checkpoint");
  const PublishedKeys keys(keystore_.keys().tenant(0)->jwks);
  ASSERT_EQ(keys.all().size(), 1U);
  const auto verified = verify_compact_jws(split_compact_jws(token).value(), keys.all()[0]);
  EXPECT_TRUE(verified.has_value());
  const auto claims = read_json(claims_of(token)).value();
  EXPECT_EQ(*claims.find_string("iss"), "http://127.0.0.1:8420");
  EXPECT_EQ(*claims.find_string("epoch"), "0123456789abcdef");
  EXPECT_EQ(claims.find("seq")->as_integer(), 3);
  EXPECT_EQ(claims.find("count")->as_integer(), 3);
  std::string hash(43, '\0');
  base64url_encode(entries_[0].hash(), hash.data());
  EXPECT_EQ(*claims.find_string("hash"), hash);
  const auto as_token = verify_access_token(
      token, keys, {.issuer = "http://127.0.0.1:8420", .audience = "http://127.0.0.1:8420", .now = 1'800'000'000});
  ASSERT_FALSE(as_token.has_value());
  EXPECT_EQ(as_token.error(), JwtError::kWrongType);
}

TEST_F(FeedEndpointTest, OneCheckpointASequenceForAllFollowers) {
  revoke(3);
  const std::string token = asked().text("checkpoint");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(asked(after(i % 4)).text("checkpoint"), token);
  EXPECT_EQ(metrics_.feed_checkpoints.read(), 1U);
  revoke();
  EXPECT_NE(asked().text("checkpoint"), token);
  EXPECT_EQ(metrics_.feed_checkpoints.read(), 2U);
}

TEST_F(FeedEndpointTest, APageInTheMiddleHasTheCheckpointOfItsOwnEnd) {
  revoke(1500);
  const auto claims = read_json(claims_of(asked().text("checkpoint"))).value();
  EXPECT_EQ(claims.find("seq")->as_integer(), 1000);
}

TEST_F(FeedEndpointTest, UnderAClockThatIsBehindNoCheckpointIsSigned) {
  shared_.may_issue = false;
  revoke();
  const Answer answer = asked();
  EXPECT_EQ(answer.sequences().size(), 1U) << "revocations go on";
  EXPECT_TRUE(answer.json().find("checkpoint")->is_null());
  shared_.may_issue = true;
  EXPECT_FALSE(asked().text("checkpoint").empty());
}

TEST_F(FeedEndpointTest, ATenantWithHmacKeysAloneHasNoCheckpoints) {
  keystore_.add_tenant(4, "acme");
  keystore_.add_key(JwsAlgorithm::kHS256, "urn:a", 4);
  add_follower(kClientFeed, 4);
  EXPECT_TRUE(asked("", "/t/acme/oauth2/revocations").json().find("checkpoint")->is_null());
  keystore_.add_key(JwsAlgorithm::kES256, {}, 4);
  EXPECT_FALSE(asked("", "/t/acme/oauth2/revocations").text("checkpoint").empty());
}

}  // namespace
}  // namespace signet
