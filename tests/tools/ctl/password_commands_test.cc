// Verbs that take passwords: from stdin, never from an argument, and never shown.
#include "tests/tools/ctl/commands_fixture.h"

namespace signet::ctl {
namespace {

constexpr const char* kAnna = R"({"tenant":"default","client_id":"anna","secrets":[],"password":true,"revision":7})";

TEST_F(Commands, SetPasswordReadsItFromStdinAndNeverShowsIt) {
  answer_ = http_answer(200, kAnna);
  for (const char* line : {"s\xC3\xA4sam \"open\"", "s\xC3\xA4sam \"open\"\n", "s\xC3\xA4sam \"open\"\r\n"}) {
    const RunResult result = run({"client", "set-password", "anna", "--tenant", "t"}, line);
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(asked(), "POST /v1/clients/anna/password?tenant=t {\"password\":\"s\xC3\xA4sam \\\"open\\\"\"}");
    EXPECT_EQ((result.out + result.err).find("sam"), std::string::npos);
    EXPECT_NE(result.out.find("password"), std::string::npos);
  }
  EXPECT_EQ(run({"client", "set-password", "anna", "--stdin"}, "x").status, 0);
}

TEST_F(Commands, RefusesAPasswordThatIsEmptyTooLongOrNoText) {
  for (const std::string& password : {std::string(), std::string("\n"), std::string(1025, 'a'), std::string("a\tb"),
                                      std::string("a\nb"), std::string("\xFF"), std::string("a\0b", 3)}) {
    EXPECT_EQ(run({"client", "set-password", "anna"}, password).status, 1) << password.size();
    EXPECT_EQ(run({"client", "add", "anna", "--password-stdin"}, password).status, 1) << password.size();
  }
  EXPECT_EQ(asked(), "nothing");
}

TEST_F(Commands, ClientAddTakesAPassword) {
  answer_ = http_answer(201, kAnna);
  const RunResult result = run({"client", "add", "anna", "--password-stdin"}, "sesame\n");
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(asked(), R"(POST /v1/clients {"client_id":"anna","password":"sesame"})");
  EXPECT_EQ((result.out + result.err).find("sesame"), std::string::npos);
}

TEST_F(Commands, DropPasswordAsksForWhatItSays) {
  answer_ = http_answer(200, kAnna);
  EXPECT_EQ(run({"client", "drop-password", "anna"}).status, 0);
  EXPECT_EQ(asked(), "DELETE /v1/clients/anna/password");
}

TEST_F(Commands, PasswordVerbsUsedWronglyDoNothing) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"client", "set-password"},
                                             {"client", "set-password", "anna", "sesame"},
                                             {"client", "set-password", "anna", "--password", "sesame"},
                                             {"client", "drop-password"},
                                             {"client", "drop-password", "a", "b"},
                                             {"client", "add", "anna", "--password", "sesame"},
                                             {"client", "add", "anna", "--password-stdin", "--secret-stdin"}}) {
    EXPECT_EQ(run(arguments, "sesame").status, 2);
  }
  EXPECT_EQ(asked(), "nothing");
}

}  // namespace
}  // namespace signet::ctl
