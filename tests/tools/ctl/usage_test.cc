// Wrong usage: exit status 2, a hint, and nothing asked of the daemon.
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "tests/tools/ctl/fake_admin.h"
#include "tools/ctl/command.h"

namespace signet::ctl {
namespace {

using Arguments = std::vector<std::string>;

class Usage : public testing::Test {
 protected:
  // Runs against a daemon that would accept everything.
  RunResult run(Arguments arguments) {
    arguments.insert(arguments.begin(), {"--socket", admin_.socket_path()});
    return run_ctl(arguments, "input");
  }
  FakeAdmin admin_{[](const FakeRequest&) { return http_answer(200, "{}"); }};
};

TEST_F(Usage, WrongArgumentsAreRefusedBeforeTheDaemonIsAsked) {
  const std::vector<Arguments> wrong{
      {},
      {"--frobnicate"},
      {"nonsense"},
      {"client"},
      {"client", "frobnicate"},
      {"client", "add"},
      {"client", "add", "a", "b"},
      {"client", "add", "a", "--ttl", "x"},
      {"client", "add", "a", "--ttl", "-1"},
      {"client", "add", "a", "--ttl", "86401"},
      {"client", "add", "a", "--ttl", "1.5"},
      {"client", "add", "a", "--ttl", "1", "--ttl", "2"},
      {"client", "add", "a", "--alg", "none"},
      {"client", "add", "a", "--alg", "eddsa"},
      {"client", "add", "a", "--secret", "on-the-command-line"},
      {"client", "add", "a", "--scope"},
      {"client", "add", "a", "--tenant", "x", "--tenant", "y"},
      {"client", "add", "a", "--feed", "--no-feed"},
      {"client", "list", "x"},
      {"client", "list", "--limit", "0"},
      {"client", "show"},
      {"client", "update", "a"},
      {"client", "update", "a", "--alg", "RS512"},
      {"client", "enable"},
      {"client", "disable", "a", "--yes"},
      {"client", "remove"},
      {"client", "rotate-secret"},
      {"client", "rotate-secret", "a", "new-secret-in-argv"},
      {"client", "drop-secret"},
      {"client", "import"},
      {"client", "import", "f", "--on-conflict", "ask"},
      {"client", "import", "f", "--chunk", "0"},
      {"client", "import", "f", "--chunk", "20001"},
      {"key", "add"},
      {"key", "add", "--pkcs11"},
      {"key", "add", "--alg", "HS256", "--audience", "urn:a", "--pkcs11"},
      {"key", "add", "--alg", "ES256", "--pkcs11", "a", "b"},
      {"key", "add", "--alg", "ES256", "--pkcs11", "a", "--pkcs11-id", "01"},
      {"key", "add", "--alg", "ES256", "--pkcs11-id"},
      {"key", "add", "--alg", "RS256", "--pkcs11-id", "01", "--bits", "2048"},
      {"key", "add", "--alg", "HS256"},
      {"key", "add", "--alg", "EdDSA", "--audience", "urn:a"},
      {"key", "add", "--alg", "EdDSA", "--bits", "3072"},
      {"key", "add", "--alg", "RS256", "--bits", "1024"},
      {"key", "add", "--alg", "RS256", "--bits", "2500"},
      {"key", "add", "--alg", "PS256", "--bits", "4095"},
      {"key", "add", "--alg", "RS256", "--bits", "8192"},
      {"key", "add", "--alg", "HS256", "--dialect", "novapost", "--audience", "urn:a"},
      {"key", "add", "--dialect", "novapost"},
      {"key", "list", "x"},
      {"key", "export-secret"},
      {"token", "issue"},
      {"token", "issue", "--client", "a", "--ttl", "0"},
      {"token", "inspect", "eyJhbGciOiJub25lIn0.e30."},
      {"token", "revoke"},
      {"token", "revoke", "eyJhbGciOiJub25lIn0.e30."},
      {"token", "revoke", "--token", "x"},
      {"token", "revoke", "--jti", "a", "--family", "b"},
      {"token", "revoke", "--client", "a", "--subject", "b"},
      {"token", "revoke", "--token-stdin", "--jti", "a"},
      {"token", "revoke", "--client", ""},
      {"token", "revoke", "--client", "a", "--client", "b"},
      {"token", "revoke", "--issued-before", "2030-01-01T00:00:00Z"},
      {"token", "revoke", "--client", "a", "--issued-before", "yesterday"},
      {"token", "revoke", "--client", "a", "--issued-before", "1700000000"},
      {"token", "revoke", "--jti", "a", "--issued-before", "2030-01-01T00:00:00Z"},
      {"token", "revoke", "--token-stdin", "--issued-before", "2030-01-01T00:00:00Z"},
      {"revocation"},
      {"revocation", "list", "x"},
      {"revocation", "list", "--kind", "all"},
      {"revocation", "list", "--limit", "0"},
      {"tenant", "add"},
      {"tenant", "list", "x"},
      {"tenant", "remove"},
      {"clock"},
      {"clock", "accept", "now"},
      {"status", "all"},
      {"bench"},  // with --socket, as all of these: it starts a daemon of its own
      {"bench", "now"},
      {"bench", "--alg", "none"},
      {"bench", "--only", "logins"},
      {"bench", "--seconds", "0"},
      {"bench", "--connections", "0"},
      {"bench", "--clients", "0"},
      {"bench", "--every", "0"},
      {"--data-dir", "x", "status"},
      {"status", "--data-dir", "x"},
      {"--socket"},
  };
  for (const Arguments& arguments : wrong) {
    const RunResult result = run(arguments);
    std::string shown;
    for (const std::string& argument : arguments) shown += argument + " ";
    EXPECT_EQ(result.status, 2) << shown << result.err;
    EXPECT_EQ(result.out, "") << shown;
    EXPECT_TRUE(result.err.starts_with("signetctl: ")) << shown << result.err;
  }
  EXPECT_EQ(admin_.requests().size(), 0u);
}

// One key id in 64 begins with a hyphen.
TEST_F(Usage, AnIdentifierMayBeginWithAHyphen) {
  const std::string kid = "-BJZ6UTgtKOtXNDJSpcSUK7ngaN44rB51qTyFT8bANA";
  const std::string twice = "--JZ6UTgtKOtXNDJSpcSUK7ngaN44rB51qTyFT8bANA";
  for (const Arguments& arguments : std::vector<Arguments>{{"key", "export-secret", kid},
                                                           {"key", "export-secret", twice},
                                                           {"key", "export-secret", "--json", kid},
                                                           {"token", "revoke", "--kid", kid},
                                                           {"token", "revoke", "--kid=" + twice},
                                                           {"client", "show", "-x"}}) {
    const size_t before = admin_.requests().size();
    const RunResult result = run(arguments);
    EXPECT_NE(result.status, 2) << result.err;
    ASSERT_EQ(admin_.requests().size(), before + 1) << result.err;
    const FakeRequest request = admin_.requests().back();
    const std::string asked = request.target + request.body;
    EXPECT_TRUE(asked.contains(kid) || asked.contains(twice) || asked.contains("-x")) << asked;
    EXPECT_FALSE(asked.contains('\x01')) << asked;
  }
}

TEST_F(Usage, ASpareArgumentWithAHyphenIsNamedAsItWasGiven) {
  const RunResult result = run({"key", "list", "-x"});
  EXPECT_EQ(result.status, 2);
  EXPECT_TRUE(result.err.contains(" -x\n")) << result.err;
  EXPECT_FALSE(result.err.contains("x01")) << result.err;
  EXPECT_EQ(run({"client", "show", "--no-such-option"}).status, 2);
}

TEST_F(Usage, EveryVerbOfTheTableHasHelp) {
  std::set<std::string> seen;
  for (const Command& command : all_commands()) {
    Arguments arguments{std::string(command.noun)};
    if (!command.verb.empty()) arguments.emplace_back(command.verb);
    EXPECT_TRUE(seen.insert(arguments.front() + " " + std::string(command.verb)).second);
    arguments.emplace_back("--help");
    const RunResult result = run(arguments);
    EXPECT_EQ(result.status, 0) << command.noun << " " << command.verb;
    EXPECT_NE(result.out.find(command.help), std::string::npos);
    EXPECT_EQ(result.err, "");
  }
  EXPECT_EQ(admin_.requests().size(), 0u);
}

TEST_F(Usage, GuessesAMistypedVerb) {
  EXPECT_NE(run({"client", "shwo"}).err.find("did you mean `show`"), std::string::npos);
  EXPECT_NE(run({"clients", "show"}).err.find("did you mean `client`"), std::string::npos);
}

TEST_F(Usage, ShowsControlCharactersOfArgumentsEscaped) {
  const RunResult result = run({"client", "a\x1b[2J"});
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.err.find('\x1b'), std::string::npos);
}

TEST_F(Usage, GlobalOptionsMayFollowTheVerb) {
  EXPECT_EQ(run_ctl({"client", "show", "a", "--json", "--socket", admin_.socket_path()}).out, "{}\n");
  EXPECT_EQ(run_ctl({"--json", "--socket=" + admin_.socket_path(), "client", "show", "a"}).out, "{}\n");
}

TEST(SocketChoice, TheEnvironmentNamesTheSocket) {
  FakeAdmin admin([](const FakeRequest&) { return http_answer(200, "{}"); });
  setenv("SIGNET_SOCKET", admin.socket_path().c_str(), 1);
  EXPECT_EQ(run_ctl({"--json", "status"}).status, 0);
  EXPECT_EQ(run_ctl({"--json", "--socket", "/nowhere/admin.sock", "status"}).status, 1);
  unsetenv("SIGNET_SOCKET");
}

TEST(SocketChoice, TheDataDirectoryHoldsTheSocket) {
  FakeAdmin admin([](const FakeRequest&) { return http_answer(200, "{}"); });
  const std::string path = admin.socket_path();
  const std::string directory = path.substr(0, path.rfind('/'));
  EXPECT_EQ(run_ctl({"--json", "--data-dir", directory, "status"}).status, 0);
  EXPECT_EQ(run_ctl({"--json", "--data-dir", directory + "/", "status"}).status, 0);
}

}  // namespace
}  // namespace signet::ctl
