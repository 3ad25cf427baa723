// Many tokens in one exchange: order, fairness, limits, and what changes while a batch is in the making.
#include <gtest/gtest.h>

#include "daemon/http/limits.h"
#include "protocol/json/reader.h"
#include "tests/daemon/endpoint/check_fixture.h"

namespace signet {
namespace {

class IntrospectBatchTest : public CheckFixture {
 protected:
  void send(std::string_view body, std::string_view client_id = "rs", std::string_view type = "application/json",
            uint32_t slot = 0) {
    FormRequest request("/oauth2/introspect/batch", body, basic_authorization(client_id, kCheckSecret));
    http::Request& fresh = request.fresh();
    fresh.content_type = type;
    fresh.id.slot = slot;
    responder_.status = 0;
    service_->on_request(fresh, responder_);
  }
  int ask(std::string_view body, std::string_view client_id = "rs") {
    send(body, client_id);
    drain();
    return responder_.status;
  }
  static std::string body_of(const std::vector<std::string>& tokens) {
    std::string body = R"({"tokens":[)";
    for (const std::string& one : tokens) body += (body.back() == '[' ? "\"" : ",\"") + one + "\"";
    return body + "]}";
  }
  std::vector<std::string> subjects() const {
    std::vector<std::string> out;
    const auto array = read_json(responder_.body, {.size_max = 1 << 22, .allow_fractions = true});
    EXPECT_TRUE(array && array->as_array() != nullptr) << responder_.body;
    if (!array || array->as_array() == nullptr) return out;
    for (const JsonValue& one : *array->as_array()) {
      const std::string* subject = one.find_string("sub");
      EXPECT_EQ(one.find("active")->as_boolean(), subject != nullptr);
      EXPECT_TRUE(subject != nullptr || one.as_object()->size() == 1u);
      out.push_back(subject == nullptr ? "-" : *subject);
    }
    return out;
  }
  std::vector<std::string> many(size_t count) {
    std::vector<std::string> tokens;
    for (size_t i = 0; i < count; ++i) tokens.push_back(token({.subject = "s" + std::to_string(i)}));
    return tokens;
  }
};

TEST_F(IntrospectBatchTest, AnswersInOrderWhateverTheStateOfEach) {
  const std::string hot = token({.subject = "hot"});
  ASSERT_EQ(ask(body_of({hot})), 200);
  const std::string fresh = token({.subject = "fresh"});
  const std::string foreign = token({.audience = {"urn:b"}});
  ASSERT_EQ(ask(body_of({fresh, hot, "nonsense", foreign, hot, "", fresh + "x"})), 200);
  EXPECT_EQ(subjects(), (std::vector<std::string>{"fresh", "hot", "-", "-", "hot", "-", "-"}));
  EXPECT_NE(responder_.fields.find("Cache-Control: no-store"), std::string::npos);
}

TEST_F(IntrospectBatchTest, ALargeBatchIsSplitOverIterationsAndOthersAreServedMeanwhile) {
  send(body_of(many(300)), "rs", "application/json", 1);
  EXPECT_TRUE(service_->after_poll(responder_));
  EXPECT_EQ(responder_.answers, 0u);
  FormRequest request("/oauth2/introspect", "token=" + token({.subject = "single"}),
                      basic_authorization("rs", kCheckSecret));
  http::Request& single = request.fresh();
  single.id.slot = 2;
  service_->on_request(single, responder_);
  EXPECT_TRUE(service_->after_poll(responder_) || responder_.answers > 0);
  for (int i = 0; i < 3 && responder_.answers == 0; ++i) service_->after_poll(responder_);
  EXPECT_EQ(responder_.last_id.slot, 2u) << "a single request does not wait for the batch";
  drain();
  EXPECT_EQ(responder_.last_id.slot, 1u);
  const auto all = subjects();
  ASSERT_EQ(all.size(), 300u);
  for (size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], "s" + std::to_string(i));
}

TEST_F(IntrospectBatchTest, AnEmptyListIsAnsweredWithOne) {
  EXPECT_EQ(ask(R"({"tokens":[]})"), 200);
  EXPECT_EQ(responder_.body, "[]");
}

TEST_F(IntrospectBatchTest, MalformedBodiesAreRefusedWhole) {
  const std::string one = token();
  for (const std::string& body : {std::string(), std::string("[]"), std::string("{}"), std::string(R"({"tokens":"x"})"),
                                  std::string(R"({"tokens":[1]})"), std::string(R"({"tokens":["a"],"tokens":["b"]})"),
                                  std::string(R"({"tokens":["a"],"x":1})"), std::string(R"({"tokens":["a"]}x)"),
                                  std::string(R"({"tokens":["a",]})"), std::string("{\"tokens\":[\"\x01\"]}"),
                                  std::string("{\"tokens\":[\"\xff\"]}"), R"({"tokens":[")" + one}) {
    EXPECT_EQ(ask(body), 400) << body;
  }
  send(body_of({one}), "rs", "application/x-www-form-urlencoded");
  EXPECT_EQ(responder_.status, 400);
}

TEST_F(IntrospectBatchTest, OtherSpellingsOfTheSameListAreRead) {
  const std::string one = token({.subject = "s"});
  for (const std::string& body :
       {" { \"tokens\" : [ \"" + one + "\" , \"x\" ] } ", R"({"t\u006fkens":[")" + one + R"(","x"]})",
        R"({"tokens":[")" + one + R"(","\u00f6"]})", R"({"tokens":[")" + one + "\",\"\xC3\xB6\"]}"}) {
    ASSERT_EQ(ask(body), 200) << body;
    EXPECT_EQ(subjects(), (std::vector<std::string>{"s", "-"})) << body;
  }
}

TEST_F(IntrospectBatchTest, LimitsHold) {
  EXPECT_EQ(ask(body_of(std::vector<std::string>(301, "x"))), 400);
  send(body_of(many(300)));
  EXPECT_EQ(responder_.status, 0);
  send(body_of(std::vector<std::string>(101, "x")));
  EXPECT_EQ(responder_.status, 429);
  send(body_of(std::vector<std::string>(101, "x")), "all");
  EXPECT_EQ(responder_.status, 0) << "another client's is another's";
  drain();
  EXPECT_EQ(ask(body_of(std::vector<std::string>(101, "x"))), 200) << "what was answered is given back";
}

TEST_F(IntrospectBatchTest, WhoAsksMustBeKnownAndEntitled) {
  EXPECT_EQ(ask(R"({"tokens":[]})", "nobody"), 401);
  EXPECT_EQ(ask(R"({"tokens":[]})", "c"), 403);
  FormRequest known("/oauth2/introspect/batch", "", basic_authorization("rs", kCheckSecret));
  EXPECT_EQ(service_->on_head(known.fresh(), responder_), http::kBatchBodySizeMax);
  FormRequest unknown("/oauth2/introspect/batch", "", basic_authorization("nobody", kCheckSecret));
  EXPECT_EQ(service_->on_head(unknown.fresh(), responder_), std::nullopt);
  EXPECT_EQ(responder_.status, 401);
  FormRequest plain("/oauth2/introspect/batch", "", basic_authorization("c", kCheckSecret));
  EXPECT_EQ(service_->on_head(plain.fresh(), responder_), std::nullopt);
  EXPECT_EQ(responder_.status, 403);
}

TEST_F(IntrospectBatchTest, ABatchWhoseCallerChangedIsNotAnsweredByHalf) {
  send(body_of(many(300)));
  EXPECT_TRUE(service_->after_poll(responder_));
  keystore_.add_client(plain_client("rs"), kCheckSecret);
  drain();
  EXPECT_EQ(responder_.status, 503);
  EXPECT_EQ(responder_.body.find("active"), std::string::npos);
}

TEST_F(IntrospectBatchTest, NobodyWaitsForABatchOfAPeerThatHungUp) {
  send(body_of(many(300)));
  EXPECT_TRUE(service_->after_poll(responder_));
  responder_.peer_waits = false;
  drain();
  EXPECT_EQ(responder_.answers, 0u);
  EXPECT_FALSE(service_->after_poll(responder_));
}

}  // namespace
}  // namespace signet
