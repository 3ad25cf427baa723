// What each verb asks of the daemon, and what it shows.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "tests/tools/ctl/commands_fixture.h"
#include "tools/ctl/dispatch.h"

namespace signet::ctl {
namespace {

constexpr const char* kClient =
    R"({"tenant":"default","client_id":"acme","grants":["client_credentials"],"scope":"a b","audiences":["urn:x"],)"
    R"("introspect":[],"alg":"EdDSA","ttl":0,"enabled":true,"feed":false,"refresh_with_credentials":false,)"
    R"("secrets":[{"created_at":"2030-01-01T00:00:00Z","last_used":null}],"created_at":"2030-01-01T00:00:00Z",)"
    R"("revision":7)";

TEST_F(Commands, ClientAddSendsEveryOption) {
  answer_ = http_answer(201, std::string(kClient) + R"(,"client_secret":"s3cret"})");
  const RunResult result = run({"client",
                                "add",
                                "acme",
                                "--tenant",
                                "t",
                                "--grant",
                                "client_credentials",
                                "--grant",
                                "refresh_token",
                                "--scope",
                                " a  b",
                                "--scope",
                                "c",
                                "--audience",
                                "urn:x",
                                "--alg",
                                "ES256",
                                "--ttl",
                                "60",
                                "--introspect",
                                "*",
                                "--feed",
                                "--refresh-with-credentials"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(asked(),
            R"(POST /v1/clients {"client_id":"acme","tenant":"t","grants":["client_credentials","refresh_token"],)"
            R"("scope":"a b c","audiences":["urn:x"],"introspect":["*"],"alg":"ES256","ttl":60,"feed":true,)"
            R"("refresh_with_credentials":true})");
  EXPECT_NE(result.out.find("client_secret: s3cret\n"), std::string::npos);
}

TEST_F(Commands, ClientAddGivesTheAnswerToPrograms) {
  answer_ = http_answer(201, R"({"client_id":"acme","client_secret":"s3cret"})");
  EXPECT_EQ(run({"--json", "client", "add", "acme"}).out, "{\"client_id\":\"acme\",\"client_secret\":\"s3cret\"}\n");
  EXPECT_EQ(asked(), R"(POST /v1/clients {"client_id":"acme"})");
}

TEST_F(Commands, ClientAddTakesASecretFromStdinAndNeverShowsIt) {
  answer_ = http_answer(201, std::string(kClient) + "}");
  const RunResult result = run({"client", "add", "acme", "--secret-stdin"}, "0123456789abcdef\n");
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(asked(), R"(POST /v1/clients {"client_id":"acme","client_secret":"0123456789abcdef"})");
  EXPECT_EQ((result.out + result.err).find("0123456789abcdef"), std::string::npos);
}

TEST_F(Commands, RefusesAGivenSecretThatIsTooShortTooLongOrNotAscii) {
  for (const std::string& secret : {std::string(), std::string(15, 'a'), std::string(257, 'a'),
                                    std::string("0123456789abcde\x01"), std::string("0123456789abcdef\n\n")}) {
    EXPECT_EQ(run({"client", "add", "a", "--secret-stdin"}, secret).status, 1) << secret.size();
    EXPECT_EQ(run({"client", "rotate-secret", "a", "--secret-stdin"}, secret).status, 1) << secret.size();
  }
  EXPECT_EQ(asked(), "nothing");
}

TEST_F(Commands, ClientUpdateSendsOnlyWhatWasGiven) {
  answer_ = http_answer(200, std::string(kClient) + "}");
  EXPECT_EQ(run({"client", "update", "a", "--no-feed", "--scope", "", "--audience", ""}).status, 0);
  EXPECT_EQ(asked(), R"(PATCH /v1/clients/a {"scope":"","audiences":[],"feed":false})");
}

TEST_F(Commands, IdsCannotLeaveTheirPathSegment) {
  run({"client", "show", "../keys?x#y", "--tenant", "a&b"});
  EXPECT_EQ(asked(), "GET /v1/clients/..%2Fkeys%3Fx%23y?tenant=a%26b");
}

TEST_F(Commands, ClientVerbsAskForWhatTheySay) {
  answer_ = http_answer(200, std::string(kClient) + "}");
  run({"client", "enable", "a"});
  EXPECT_EQ(asked(), "POST /v1/clients/a/enable {}");
  run({"client", "disable", "a", "--tenant", "t"});
  EXPECT_EQ(asked(), "POST /v1/clients/a/disable?tenant=t {}");
  run({"client", "rotate-secret", "a"});
  EXPECT_EQ(asked(), "POST /v1/clients/a/rotate-secret {}");
  run({"client", "drop-secret", "a"});
  EXPECT_EQ(asked(), "POST /v1/clients/a/drop-secret {}");
  run({"client", "drop-secret", "a", "--all"});
  EXPECT_EQ(asked(), R"(POST /v1/clients/a/drop-secret {"all":true})");
  answer_ = "HTTP/1.1 204 No Content\r\n\r\n";
  EXPECT_EQ(run({"client", "remove", "a"}).status, 0);
  EXPECT_EQ(asked(), "DELETE /v1/clients/a");
}

TEST_F(Commands, ClientListGoesThroughAllPages) {
  FakeAdmin pages([](const FakeRequest& request) {
    const bool first = request.target.find("after=") == std::string::npos;
    return http_answer(200, first ? R"({"clients":[{"client_id":"a"},{"client_id":"b"}],"next":"b"})"
                                  : R"({"clients":[{"client_id":"c"}],"next":null})");
  });
  EXPECT_EQ(run_ctl({"--socket", pages.socket_path(), "--json", "client", "list"}).out,
            "{\"clients\":[{\"client_id\":\"a\"},{\"client_id\":\"b\"},{\"client_id\":\"c\"}]}\n");
  EXPECT_EQ(pages.requests()[1].target, "/v1/clients?limit=1000&after=b");
  const std::string table = run_ctl({"--socket", pages.socket_path(), "client", "list"}).out;
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 4);
  run_ctl({"--socket", pages.socket_path(), "client", "list", "--limit", "2"});
  EXPECT_EQ(pages.requests().back().target, "/v1/clients?limit=2");
}

TEST_F(Commands, ClientListEndsWhenTheDaemonTurnsInACircle) {
  answer_ = http_answer(200, R"({"clients":[{"client_id":"a"}],"next":"a"})");
  EXPECT_EQ(run({"client", "list"}).status, 0);
  EXPECT_EQ(admin_.requests().size(), 2u);
}

TEST_F(Commands, AListThatIsNoneIsAFailureAndNoEmptyList) {
  for (const char* body : {"{}", "[]", "{\"clients\":{}}", "nonsense", ""}) {
    answer_ = http_answer(200, body);
    EXPECT_EQ(run({"--json", "client", "list"}).status, 1) << body;
    EXPECT_EQ(run({"--json", "client", "list"}).out, "") << body;
    EXPECT_EQ(run({"key", "list"}).status, 1) << body;
    EXPECT_EQ(run({"tenant", "list"}).status, 1) << body;
  }
}

TEST_F(Commands, ShowsWhatTheDaemonSaysEscaped) {
  answer_ = http_answer(200, "{\"client_id\":\"a\\u001b[2J\",\"scope\":\"\\u202e\"}");
  const RunResult result = run({"client", "show", "a"});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.out.find('\x1b'), std::string::npos);
  EXPECT_NE(result.out.find("a\\x1b[2J"), std::string::npos);
}

TEST_F(Commands, RefusalsAreExitStatusOne) {
  answer_ = http_answer(404, R"({"error":"not_found","message":"no client `a`"})");
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"client", "show", "a"},
                                             {"client", "remove", "a"},
                                             {"key", "add", "--alg", "EdDSA"},
                                             {"key", "export-secret", "k"},
                                             {"token", "issue", "--client", "a"},
                                             {"tenant", "add", "t"},
                                             {"tenant", "remove", "t"},
                                             {"clock", "accept"},
                                             {"status"}}) {
    const RunResult result = run(arguments);
    EXPECT_EQ(result.status, 1) << arguments[0];
    EXPECT_EQ(result.err, "signetctl: no client `a`\n");
    EXPECT_EQ(result.out, "");
  }
}

TEST_F(Commands, KeyAddWarnsOfShortRsaKeys) {
  answer_ = http_answer(201, R"({"kid":"k","alg":"RS256","status":"active","bits":2048})");
  const RunResult result = run({"key", "add", "--alg", "RS256", "--bits", "2048"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.err.find("warning"), std::string::npos);
  EXPECT_EQ(asked(), R"(POST /v1/keys {"alg":"RS256","bits":2048})");
  EXPECT_EQ(run({"key", "add", "--alg", "RS256"}).err, "");
}

TEST_F(Commands, KeyAddInATokenTakesALabelOrNone) {
  answer_ = http_answer(201, R"({"kid":"k","alg":"ES256","location":"pkcs11:serial=ab;id=%01;type=private"})");
  const RunResult result = run({"key", "add", "--pkcs11", "--alg", "ES256"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(asked(), R"(POST /v1/keys {"alg":"ES256","pkcs11":{}})");
  EXPECT_NE(result.out.find("pkcs11:serial=ab"), std::string::npos);
  run({"key", "add", "--alg", "ES256", "--pkcs11"});
  EXPECT_EQ(asked(), R"(POST /v1/keys {"alg":"ES256","pkcs11":{}})");
  run({"key", "add", "--pkcs11", "front door", "--alg", "ES256"});
  EXPECT_EQ(asked(), R"(POST /v1/keys {"alg":"ES256","pkcs11":{"label":"front door"}})");
  run({"key", "add", "--alg", "ES256", "--pkcs11-id", "a1b2"});
  EXPECT_EQ(asked(), R"(POST /v1/keys {"alg":"ES256","pkcs11":{"id":"a1b2"}})");
}

TEST_F(Commands, ExportedSecretsGoToAFileOfTheirOwnerOnly) {
  answer_ = http_answer(200, R"({"kid":"k1","alg":"HS256","audience":"urn:rs","k":"AAAA"})");
  const std::string file = directory_.file("key.json");
  const RunResult result = run({"key", "export-secret", "k1", "--out", file});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.err.find("forge"), std::string::npos);
  EXPECT_EQ((result.out + result.err).find("AAAA"), std::string::npos);
  EXPECT_EQ(file_text(file),
            "{\"kty\":\"oct\",\"k\":\"AAAA\",\"kid\":\"k1\",\"alg\":\"HS256\",\"audience\":\"urn:rs\"}\n");
  struct stat status{};
  ASSERT_EQ(stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(Commands, AnExportNeverOverwritesAndNeverFollowsALink) {
  const std::string file = directory_.write("key.json", "precious");
  ASSERT_EQ(symlink("elsewhere", directory_.file("link").c_str()), 0);
  EXPECT_EQ(run({"key", "export-secret", "k1", "--out", file}).status, 1);
  EXPECT_EQ(run({"key", "export-secret", "k1", "--out", directory_.file("link")}).status, 1);
  EXPECT_EQ(file_text(file), "precious");
  EXPECT_EQ(asked(), "nothing");  // an export is audited: it is not asked for in vain
}

TEST_F(Commands, AFailedExportLeavesNoFile) {
  answer_ = http_answer(404, R"({"message":"no such key"})");
  EXPECT_EQ(run({"key", "export-secret", "k1", "--out", directory_.file("new")}).status, 1);
  EXPECT_NE(access(directory_.file("new").c_str(), F_OK), 0);
}

TEST_F(Commands, TokenIssuePrintsTheTokenAloneOnStdout) {
  answer_ = http_answer(200, R"({"access_token":"a.b.c","token_type":"Bearer","expires_in":60,"scope":"x"})");
  const RunResult result = run({"token", "issue", "--client", "c", "--subject", "s", "--scope", "x y", "--scope", "z",
                                "--audience", "urn:a", "--ttl", "60", "--claims-stdin"},
                               "{ \"plan\": {\"n\": 1.5} }");
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.out, "a.b.c\n");
  EXPECT_EQ(asked(), R"(POST /v1/tokens {"client_id":"c","subject":"s","scope":"x y z","audience":["urn:a"],"ttl":60,)"
                     R"("claims":{"plan":{"n":1.5}}})");
}

TEST_F(Commands, TokenIssueRefusesClaimsThatAreNoObject) {
  for (const char* claims : {"", "[]", "\"x\"", "{\"a\":1,\"a\":2}", "{\"a\":NaN}", "{\"a\":\"\xFF\"}", "{} {}",
                             "[[[[[[[[[[", "{\"a\":\"\\ud800\"}"}) {
    EXPECT_EQ(run({"token", "issue", "--client", "c", "--claims-stdin"}, claims).status, 1) << claims;
  }
  EXPECT_EQ(asked(), "nothing");
}

TEST_F(Commands, TokenIssueAsksForARefreshTokenAndPrintsItBehindTheToken) {
  answer_ = http_answer(
      200, R"({"access_token":"a.b.c","token_type":"Bearer","expires_in":60,"refresh_token":"r","scope":"x"})");
  const RunResult result = run({"token", "issue", "--client", "c", "--refresh"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.out, "a.b.c\nr\n");
  EXPECT_EQ(asked(), R"(POST /v1/tokens {"client_id":"c","refresh":true})");
}

TEST_F(Commands, KeyAddForADialectNeedsNoAudience) {
  answer_ = http_answer(201, R"({"kid":"k","alg":"HS512","dialect":"vietqr"})");
  const RunResult result = run({"key", "add", "--alg", "HS512", "--dialect", "vietqr", "--tenant", "t"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(asked(), R"(POST /v1/keys {"tenant":"t","alg":"HS512","dialect":"vietqr"})");
  EXPECT_NE(result.out.find("vietqr"), std::string::npos);
}

TEST_F(Commands, FamilyListAsksForWhatItSays) {
  answer_ = http_answer(
      200, R"({"families":[{"id":"f","client_id":"c","subject":"s","status":"live","sequence":3}],"next":null})");
  const RunResult result = run({"family", "list", "--client", "c", "--subject", "s&t", "--tenant", "acme"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.out.find("live"), std::string::npos);
  EXPECT_EQ(asked(), "GET /v1/families?limit=500&tenant=acme&client=c&subject=s%26t");
}

TEST_F(Commands, FamilyShowAsksForOne) {
  answer_ = http_answer(200, R"({"id":"f","client_id":"c","status":"revoked","sequence":3})");
  EXPECT_EQ(run({"family", "show", "f/x"}).status, 0);
  EXPECT_EQ(asked(), "GET /v1/families/f%2Fx");
}

TEST_F(Commands, FamilyShowWantsExactlyOneFamily) {
  EXPECT_EQ(run({"family", "show"}).status, 2);
  EXPECT_EQ(run({"family", "show", "a", "b"}).status, 2);
  EXPECT_EQ(run({"family", "list", "extra"}).status, 2);
  EXPECT_EQ(asked(), "nothing");
}

TEST_F(Commands, TenantAndClockVerbsAskForWhatTheySay) {
  answer_ = http_answer(201, R"({"name":"t","number":1})");
  run({"tenant", "add", "t"});
  EXPECT_EQ(asked(), R"(POST /v1/tenants {"name":"t"})");
  answer_ = "HTTP/1.1 204 No Content\r\n\r\n";
  EXPECT_EQ(run({"tenant", "remove", "t", "--force", "--yes"}).status, 0);
  EXPECT_EQ(asked(), "DELETE /v1/tenants/t?force=1");
  EXPECT_EQ(run({"clock", "accept"}).status, 0);
  EXPECT_EQ(asked(), "POST /v1/clock/accept {}");
}

TEST_F(Commands, TokenRevokeSendsEachCriterion) {
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"--jti", "j"}, R"({"kind":"token","value":"j"})"},
      {{"--family", "f"}, R"({"kind":"family","value":"f"})"},
      {{"--client", "c"}, R"({"kind":"client","value":"c"})"},
      {{"--subject", "s", "--tenant", "t"}, R"({"kind":"subject","value":"s","tenant":"t"})"},
      {{"--tenant", "t"}, R"({"kind":"tenant","tenant":"t"})"},
      {{"--kid", "k", "--issued-before", "2030-01-31T12:00:00Z"},
       R"({"kind":"key","value":"k","issued_before_ms":1896091200000})"},
      {{"--token-stdin", "--tenant", "t"}, R"({"token":"a.b.c","tenant":"t"})"},
  };
  for (const auto& [options, body] : cases) {
    std::vector<std::string> arguments{"token", "revoke"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    EXPECT_EQ(run(arguments, "a.b.c\n").status, 0);
    EXPECT_EQ(asked(), std::string("POST /v1/revocations ") + body);
  }
}

TEST_F(Commands, TokenRevokeSaysWhatAndUntilWhen) {
  answer_ = http_answer(200, R"({"fresh":true,"tenant":"default","kind":"client","value":"a\u001bb",)"
                             R"("issued_before":"2030-01-01T00:00:00Z","expires_at":"2031-01-01T00:00:00Z"})");
  const RunResult result = run({"token", "revoke", "--client", "acme"});
  EXPECT_EQ(result.out, "");
  EXPECT_NE(result.err.find("issued at 2030-01-01T00:00:00Z or earlier"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("remembered until 2031-01-01T00:00:00Z"), std::string::npos);
  EXPECT_EQ(result.err.find('\x1b'), std::string::npos);
  answer_ = http_answer(200, R"({"fresh":false,"tenant":"t","kind":"tenant","value":"","issued_before":null})");
  EXPECT_EQ(run({"token", "revoke", "--tenant", "t"}).err, "tenant t was revoked already\n");
  EXPECT_NE(run({"--json", "token", "revoke", "--tenant", "t"}).out.find("\"fresh\":false"), std::string::npos);
}

TEST_F(Commands, TokenRevokeNeedsATokenOnStdin) {
  EXPECT_EQ(run({"token", "revoke", "--token-stdin"}, "\n").status, 1);
  EXPECT_EQ(run({"token", "revoke", "--token-stdin"}, std::string(20'000, 'a')).status, 1);
  EXPECT_EQ(asked(), "nothing");
}

TEST_F(Commands, RevocationListWalksThePages) {
  answer_ = http_answer(200, R"({"revocations":[{"sequence":7,"kind":"token","value":"j"}],"next":7})");
  const RunResult result = run({"revocation", "list", "--tenant", "t", "--kind", "token", "--limit", "2"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(admin_.requests().size(), 2u);
  EXPECT_EQ(admin_.requests()[0].target, "/v1/revocations?limit=2&tenant=t&kind=token");
  EXPECT_EQ(asked(), "GET /v1/revocations?limit=1&tenant=t&kind=token&after=7");
  answer_ = http_answer(200, R"({"revocations":[],"next":null})");
  EXPECT_EQ(run({"revocation", "list"}).err, "no revocations\n");
  EXPECT_EQ(run({"--json", "revocation", "list"}).out, "{\"revocations\":[]}\n");
}

TEST_F(Commands, StatusTellsTheHealthOfTheStore) {
  answer_ = http_answer(200, R"({"version":"1","pid":1,"uptime_s":7500,"ready":false,"not_ready_reasons":["clock"],)"
                             R"("store":{"writable":true,"clock_jumped":true,"queued":3,"last_batch_size":8,)"
                             R"("sync_ms_median":0.214,"sync_ms_max":12.5,"path":"/d"},"vault":{"sealed":false}})");
  const std::string out = run({"status"}).out;
  for (const char* part : {"no: clock", "2 h 5 min", "0.21 ms", "12.50 ms", "signetctl clock accept", "/d"}) {
    EXPECT_NE(out.find(part), std::string::npos) << part << "\n" << out;
  }
}

TEST_F(Commands, AResultThatCannotBeWrittenIsAFailure) {
  const int full = open("/dev/full", O_WRONLY);
  ASSERT_GE(full, 0);
  std::FILE* out = fdopen(full, "w");
  std::FILE* err = std::tmpfile();
  std::FILE* in = std::tmpfile();
  EXPECT_EQ(run_signetctl({"--socket", admin_.socket_path(), "--json", "status"}, {in, out, err}), 1);
  for (std::FILE* file : {in, out, err}) std::fclose(file);
}

}  // namespace
}  // namespace signet::ctl
