// API keys: what each verb asks of the daemon, and what it shows.
#include "tests/tools/ctl/commands_fixture.h"

namespace signet::ctl {
namespace {

TEST_F(Commands, ApiKeyAddSendsEveryOptionAndPrintsTheKeyOnce) {
  answer_ = http_answer(201, R"({"id":"i","kind":"vcloud","name":"ci","client_id":"c","status":"live","key":"k3y"})");
  const RunResult result =
      run({"api-key", "add", "c", "--name", "ci", "--kind", "vcloud", "--scope", "a b", "--scope", "c", "--audience",
           "urn:x", "--subject", "s", "--expires", "2030-01-31T12:00:00Z", "--tenant", "t"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(asked(), R"(POST /v1/api-keys {"client_id":"c","tenant":"t","name":"ci","kind":"vcloud","scope":"a b c",)"
                     R"("audiences":["urn:x"],"subject":"s","expires_at":1896091200})");
  EXPECT_NE(result.out.find("key: k3y\n"), std::string::npos);
}

TEST_F(Commands, ApiKeyAddTakesOverAKeyFromStdinAndNeverShowsIt) {
  answer_ = http_answer(201, R"({"id":"i","kind":"api-key","client_id":"c"})");
  const RunResult result = run({"api-key", "add", "c", "--key-stdin"}, "0123456789abcdef\r\n");
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(asked(), R"(POST /v1/api-keys {"client_id":"c","key":"0123456789abcdef"})");
  EXPECT_EQ((result.out + result.err).find("0123456789abcdef"), std::string::npos);
}

TEST_F(Commands, RefusesAKeyThatIsTooShortTooLongOrNotVisible) {
  for (const std::string& key : {std::string(), std::string(15, 'a'), std::string(129, 'a'),
                                 std::string("0123456789 abcdef"), std::string("0123456789abcdef\n\n"),
                                 std::string("0123456789abcde\x7F"), std::string("0123456789abcd\xC3\xA4")}) {
    EXPECT_EQ(run({"api-key", "add", "c", "--key-stdin"}, key).status, 1) << key.size();
  }
  EXPECT_EQ(asked(), "nothing");
}

TEST_F(Commands, ApiKeyListAndRemoveAskForWhatTheySay) {
  answer_ = http_answer(200, R"({"api_keys":[{"id":"i","client_id":"c","status":"live"}],"next":null})");
  const RunResult result = run({"api-key", "list", "--client", "c", "--subject", "s&t", "--tenant", "acme"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.out.find("live"), std::string::npos);
  EXPECT_EQ(asked(), "GET /v1/api-keys?limit=500&tenant=acme&client=c&subject=s%26t");
  answer_ = "HTTP/1.1 204 No Content\r\n\r\n";
  EXPECT_EQ(run({"api-key", "remove", "-i/x", "--tenant", "t", "--yes"}).status, 0);
  EXPECT_EQ(asked(), "DELETE /v1/api-keys/-i%2Fx?tenant=t");
}

TEST_F(Commands, ApiKeyVerbsUsedWronglyDoNothing) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"api-key"},
                                             {"api-key", "add"},
                                             {"api-key", "add", "c", "0123456789abcdef"},
                                             {"api-key", "add", "c", "--key", "0123456789abcdef"},
                                             {"api-key", "add", "c", "--kind", "nova"},
                                             {"api-key", "add", "c", "--expires", "tomorrow"},
                                             {"api-key", "add", "c", "--kind", "sandbox", "--key-stdin"},
                                             {"api-key", "list", "c"},
                                             {"api-key", "remove"},
                                             {"api-key", "remove", "a", "b"}}) {
    EXPECT_EQ(run(arguments, "0123456789abcdef").status, 2);
  }
  EXPECT_EQ(asked(), "nothing");
}

}  // namespace
}  // namespace signet::ctl
