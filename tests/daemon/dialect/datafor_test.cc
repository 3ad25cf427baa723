// Datafor's tokens: the published sample octet for octet, and what is refused. Names of the tests carry the section of
// the contract and the row of its table.
#include <gtest/gtest.h>

#include "daemon/dialect/datafor/configuration.h"
#include "daemon/dialect/dialect_load.h"
#include "daemon/service/service.h"
#include "protocol/json/reader.h"
#include "tests/support/exchange.h"
#include "tests/support/memory_keystore.h"

namespace signet {
namespace {

constexpr std::string_view kSecret = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
constexpr std::string_view kGenerate = "/plugin/datafor-modeler/api/token/generate";
constexpr std::string_view kLongSecret = "a secret that is as long as its hash wants it";

// 2024-08-06T07:31:56Z, when the sample was made.
UnixMs sample_clock() { return 1'722'929'516'000; }

class DataforTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(signing_start() && digest_start()); }

  explicit DataforTest(std::vector<std::pair<std::string, bool>> switches = {{"datafor.short_keys", true}}) {
    auto loaded = load_dialects({.shipped = {"datafor"}, .directory = {}, .switches = std::move(switches)});
    if (!loaded) throw std::runtime_error(loaded.error());
    dialects_.set.publish(std::move(loaded->set), keystore_.domain());
    Client admin;
    admin.client_id = "boss";
    admin.scope = "datafor.admin";
    keystore_.add_client(admin, kSecret);
    Client user;
    user.client_id = "user";
    keystore_.add_client(user, kSecret);
    service_ = std::make_unique<Service>(keystore_, 0, metrics_, shared_, 100, sample_clock, 64, &dialects_);
  }
  void configure(std::string_view name, std::string_view secret, std::string_view members = "") {
    const std::string text = R"({"name":")" + std::string(name) + R"(","secret":")" + std::string(secret) + "\"" +
                             std::string(members) + "}";
    const auto read = read_json(text);
    ASSERT_TRUE(read) << text;
    const auto configuration = read_datafor_update(*read);
    ASSERT_TRUE(configuration) << configuration.error();
    keystore_.put_configuration(0, std::string(name), datafor_json(*configuration, false));
  }
  std::string ask(std::string_view body, std::string_view who = "boss", bool json = false,
                  std::string_view path = kGenerate) {
    FormRequest request(path, body, who.empty() ? std::string() : basic_authorization(who, kSecret));
    http::Request& fresh = request.fresh();
    fresh.method_text = "POST";
    fresh.content_type = json ? "application/json" : "application/x-www-form-urlencoded";
    service_->on_request(fresh, responder_);
    service_->after_poll(responder_);
    return responder_.body;
  }
  std::string claims_of(std::string_view answer) {
    const auto read = read_json(answer);
    const std::string* token = read ? read->find_string("token") : nullptr;
    if (token == nullptr) return std::string(answer);
    const size_t first = token->find('.'), second = token->rfind('.');
    const std::string part = token->substr(first + 1, second - first - 1);
    std::string out(part.size(), '\0');
    const auto size = base64url_decode(part, {reinterpret_cast<uint8_t*>(out.data()), out.size()});
    out.resize(size.value_or(0));
    return out;
  }

  MemoryKeystore keystore_{1};
  WorkerMetrics metrics_;
  ServiceShared shared_{ServiceSettings{}};
  DialectShared dialects_;
  std::unique_ptr<Service> service_;
  RecordingResponder responder_;
};

TEST_F(DataforTest, C4_3_ThePublishedSampleComesOutOctetForOctet) {
  configure("ERP", "abcd");
  EXPECT_EQ(ask("name=ERP&privateKey=abcd&username=admin"),
            R"({"success":true,"expire":86400,"token":"eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.)"
            R"(eyJFUlAiOiJhZG1pbiIsImV4cCI6MTcyMzAxNTkxNn0.uEmUwBfNAd5FtzjPPrldU9bierng7fd8rCVlZtVPY2k"})");
  EXPECT_EQ(responder_.status, 200);
}

TEST_F(DataforTest, C4_1_BothGenerationsOfTheCallAndBothBases) {
  configure("ERP", "abcd");
  EXPECT_EQ(claims_of(ask(R"({"name":"ERP","privateKey":"abcd","payload":{"username":"admin"}})", "boss", true)),
            R"({"username":"admin","exp":1723015916})");
  EXPECT_EQ(claims_of(ask("name=ERP&privateKey=abcd&username=admin", "boss", false,
                          "/datafor/plugin/datafor-modeler/api/token/generate/")),
            R"({"ERP":"admin","exp":1723015916})");
}

TEST_F(DataforTest, C4_2_EachMemberOfThePayloadBecomesAClaimOfTextOrAnArrayOfTexts) {
  configure("m", kLongSecret, R"(,"expire":60,"fieldmap":{"username":"loginname"})");
  EXPECT_EQ(claims_of(ask(R"({"name":"m","privateKey":")" + std::string(kLongSecret) +
                              R"(","payload":{"username":"a\"b","n":1,"f":1.5,"t":true,"z":null,"l":["x",2]}})",
                          "boss", true)),
            R"({"loginname":"a\"b","n":"1","f":"1.5","t":"true","z":"null","l":["x","2"],"exp":1722929576})");
  EXPECT_EQ(claims_of(ask("name=m&username=u&privateKey=a%20secret%20that%20is%20as%20long%20as%20its%20hash%20wants"
                          "%20it")),
            R"({"loginname":"u","exp":1722929576})");
}

TEST_F(DataforTest, C4_2_AClaimThatIsReservedOrThereTwiceIsRefused) {
  configure("m", "abcd", R"(,"fieldmap":{"username":"loginname"})");
  for (const std::string_view payload :
       {R"({"username":"u","exp":1})", R"({"username":"u","iss":"x"})", R"({"username":"u","loginname":"v"})"}) {
    const std::string answer =
        ask(R"({"name":"m","privateKey":"abcd","payload":)" + std::string(payload) + "}", "boss", true);
    EXPECT_TRUE(answer.starts_with(R"({"success":false)")) << answer;
  }
}

TEST_F(DataforTest, C4_5_Row1_AWrongBasicIs401BeforeTheEndpoint) {
  configure("ERP", "abcd");
  FormRequest request(kGenerate, "name=ERP&privateKey=abcd&username=admin", "Basic !!!");
  http::Request& fresh = request.fresh();
  fresh.method_text = "POST";
  service_->on_request(fresh, responder_);
  EXPECT_EQ(responder_.status, 401);
  EXPECT_NE(responder_.fields.find("WWW-Authenticate: Basic"), std::string::npos);
}

TEST_F(DataforTest, C4_5_Row2_WithoutCredentialsOrAsAnybodyThereIsNoPermission) {
  configure("ERP", "abcd");
  for (const std::string_view who : {"", "user"}) {
    EXPECT_EQ(ask("name=ERP&privateKey=abcd&username=admin", who),
              R"({"success":false,"code":"403","msg":"no permission"})");
    EXPECT_EQ(responder_.status, 200);
  }
}

TEST_F(DataforTest, C4_5_Rows3To5_WhatIsMissingIsSaid) {
  configure("ERP", "abcd");
  EXPECT_EQ(ask("name=ERP&username=admin"), R"({"success":false,"msg":"secret can not be empty"})");
  EXPECT_EQ(ask("name=ERP&username=admin&privateKey="), R"({"success":false,"msg":"secret can not be empty"})");
  EXPECT_EQ(ask("name=ERP&privateKey=abcd"), R"({"success":false,"msg":"username can not be empty"})");
  EXPECT_EQ(ask(R"({"name":"ERP","privateKey":"abcd","payload":{}})", "boss", true),
            R"({"success":false,"msg":"username can not be empty"})");
  EXPECT_EQ(ask("name=erp&privateKey=abcd&username=admin"), R"({"success":false,"msg":"name does not exist"})");
  EXPECT_EQ(ask("privateKey=abcd&username=admin"), R"({"success":false,"msg":"name does not exist"})");
}

TEST_F(DataforTest, C4_5_Row6_ADisabledConfigurationStillSigns) {
  configure("off", "abcd", R"(,"enable":"0")");
  EXPECT_EQ(claims_of(ask("name=off&privateKey=abcd&username=u")), R"({"off":"u","exp":1723015916})");
}

TEST_F(DataforTest, C4_5_Row7_PublicKeyAlgorithmsDoNotSignHere) {
  for (const std::string_view algorithm : {"RS256", "ES256", "none", "hs256"}) {
    configure("pk", "abcd", R"(,"algorithm":")" + std::string(algorithm) + "\"");
    EXPECT_EQ(ask("name=pk&privateKey=abcd&username=u"),
              R"({"success":false,"msg":"algorithm not supported for signing"})");
  }
}

TEST_F(DataforTest, C4_5_Row8_AnotherContentTypeIsNoSuccess) {
  configure("ERP", "abcd");
  FormRequest request(kGenerate, "name=ERP&privateKey=abcd&username=admin", basic_authorization("boss", kSecret));
  http::Request& fresh = request.fresh();
  fresh.method_text = "POST";
  fresh.content_type = "text/plain";
  service_->on_request(fresh, responder_);
  EXPECT_EQ(responder_.status, 200);
  EXPECT_TRUE(responder_.body.starts_with(R"({"success":false)")) << responder_.body;
}

TEST_F(DataforTest, C4_5_Row9_AWrongMethodIs405) {
  FormRequest request(kGenerate, "", basic_authorization("boss", kSecret));
  http::Request& fresh = request.fresh();
  fresh.method = http::Method::kGet;
  fresh.method_text = "GET";
  service_->on_request(fresh, responder_);
  EXPECT_EQ(responder_.status, 405);
  EXPECT_NE(responder_.fields.find("Allow: POST"), std::string::npos);
}

TEST_F(DataforTest, C4_5_TheCallersSecretIsComparedAndSelectsNothing) {
  configure("ERP", "abcd");
  for (const std::string_view secret : {"abce", "abc", "abcde", "ABCD"}) {
    EXPECT_EQ(ask("name=ERP&username=admin&privateKey=" + std::string(secret)),
              R"({"success":false,"msg":"secret is not correct"})");
  }
}

class StrictDataforTest : public DataforTest {
 protected:
  StrictDataforTest() : DataforTest(std::vector<std::pair<std::string, bool>>{}) {}
};

TEST_F(StrictDataforTest, AShortSecretSignsOnlyWithItsSwitch) {
  configure("ERP", "abcd");
  EXPECT_EQ(ask("name=ERP&privateKey=abcd&username=admin"),
            R"({"success":false,"msg":"secret is too short for its algorithm"})");
}

class CallerKeyDataforTest : public DataforTest {
 protected:
  CallerKeyDataforTest() : DataforTest({{"datafor.sign_with_caller_key", true}, {"datafor.plain_statuses", true}}) {}
};

TEST_F(CallerKeyDataforTest, SignsWithWhatTheCallerSendsIfItIsLongEnough) {
  configure("ERP", kLongSecret);
  const std::string other = "another secret that is as long as its hash wants it";
  const std::string with_other =
      ask(R"({"name":"ERP","privateKey":")" + other + R"(","payload":{"username":"u"}})", "boss", true);
  const std::string with_own = ask(
      R"({"name":"ERP","privateKey":")" + std::string(kLongSecret) + R"(","payload":{"username":"u"}})", "boss", true);
  EXPECT_TRUE(with_other.starts_with(R"({"success":true)")) << with_other;
  EXPECT_EQ(claims_of(with_other), claims_of(with_own));
  EXPECT_NE(with_other, with_own);
  EXPECT_EQ(ask("name=ERP&privateKey=abcd&username=u"),
            R"({"success":false,"msg":"secret is too short for its algorithm","error":"invalid_request"})");
  EXPECT_EQ(responder_.status, 400) << "plain statuses";
  ask("name=none&privateKey=abcd&username=u");
  EXPECT_EQ(responder_.status, 404);
  ask("name=ERP&privateKey=abcd&username=u", "user");
  EXPECT_EQ(responder_.status, 403);
}

TEST(DataforSwitches, WhatWeakensIsSaidWhenItIsLoaded) {
  const auto plain = load_dialects({.shipped = {"datafor"}, .directory = {}, .switches = {}});
  ASSERT_TRUE(plain);
  EXPECT_TRUE(plain->warnings.empty());
  for (const std::string& name : std::vector<std::string>{"short_keys", "sign_with_caller_key"}) {
    const auto weak = load_dialects({.shipped = {"datafor"}, .directory = {}, .switches = {{"datafor." + name, true}}});
    ASSERT_TRUE(weak);
    ASSERT_EQ(weak->warnings.size(), 1u);
    EXPECT_NE(weak->warnings[0].find(name), std::string::npos);
  }
  EXPECT_FALSE(load_dialects({.shipped = {"datafor"}, .directory = {}, .switches = {{"datafor.short_key", true}}}));
  EXPECT_FALSE(load_dialects({.shipped = {"datafor"}, .directory = {}, .switches = {{"vietqr.double_slashes", true}}}));
  EXPECT_FALSE(load_dialects({.shipped = {"datafox"}, .directory = {}, .switches = {}}));
}

TEST(DataforConfigurationTest, WhatCannotBeAConfigurationIsRefused) {
  for (const std::string_view text :
       {R"([])", R"({})", R"({"name":""})", R"({"name":"exp"})", R"({"name":"a b"})", R"({"name":"sub","secret":"x"})",
        R"({"name":"a","expire":0})", R"({"name":"a","expire":-1})", R"({"name":"a","expire":"60"})",
        R"({"name":"a","fieldmap":{"username":"iss"}})", R"({"name":"a","fieldmap":{"username":""}})"}) {
    const auto read = read_json(text);
    ASSERT_TRUE(read) << text;
    EXPECT_FALSE(read_datafor_update(*read)) << text;
  }
}

TEST(DataforConfigurationTest, IsReadBackAsItWasAndMaskedWithoutItsSecret) {
  const auto read = read_json(R"({"name":"a","secret":"s3cret","token_name":"t","expire":60,"algorithm":"HS384",)"
                              R"("fieldmap":{"username":"loginname"},"enable":true,"inituser":1,)"
                              R"("initroles":["SYS_Reader"],"self_service":"1"})");
  ASSERT_TRUE(read);
  const auto configuration = read_datafor_update(*read);
  ASSERT_TRUE(configuration);
  const auto again = read_datafor(datafor_json(*configuration, false));
  ASSERT_TRUE(again);
  EXPECT_EQ(datafor_json(*again, false), datafor_json(*configuration, false));
  EXPECT_EQ(again->secret, "s3cret");
  const std::string masked = datafor_json(*configuration, true);
  EXPECT_EQ(masked.find("s3cret"), std::string::npos);
  EXPECT_NE(masked.find(R"("secret":"************")"), std::string::npos);
}

}  // namespace
}  // namespace signet
