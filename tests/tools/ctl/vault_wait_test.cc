#include "tools/ctl/vault_wait.h"

#include "tests/tools/ctl/commands_fixture.h"

namespace signet::ctl {
namespace {

constexpr const char* kOpen = R"({"state":"unsealed","generation":1,"slots":[]})";
constexpr const char* kSealed = R"({"state":"sealed","generation":1,"slots":[]})";

TEST(VaultWait, SealReturnsOnceTheDaemonIsBackSealed) {
  int asked = 0;
  FakeAdmin admin([&](const FakeRequest& request) -> std::string {
    if (request.method == "POST") return http_answer(200, R"({"state":"sealing"})");
    ++asked;
    // Still open; then on its way down, or back with an answer that is none; then sealed.
    if (asked < 3) return http_answer(200, kOpen);
    if (asked == 3) return "";
    if (asked == 4) return http_answer(503, R"({"error":"unavailable","message":"not yet"})");
    if (asked == 5) return http_answer(200, "[]");
    return http_answer(200, kSealed);
  });
  const RunResult result = run_ctl({"--socket", admin.socket_path(), "vault", "seal", "--yes"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(asked, 6);
  EXPECT_NE(result.err.find("the vault is sealed until"), std::string::npos) << result.err;
}

TEST(VaultWait, UnsealWithMoreSharesToComeDoesNotWait) {
  int asked = 0;
  FakeAdmin admin([&](const FakeRequest& request) {
    if (request.method == "GET") ++asked;
    return http_answer(200, R"({"state":"sealed","shares_given":1})");
  });
  const RunResult result =
      run_ctl({"--socket", admin.socket_path(), "vault", "unseal", "--share"}, "signet-share-1-x\n");
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(asked, 0);
  EXPECT_NE(result.err.find("more are needed"), std::string::npos) << result.err;
}

TEST(VaultWait, ADaemonThatDoesNotComeBackIsSaid) {
  constexpr Command kCommand{"vault", "seal", nullptr, "-"};
  for (const bool gone : {false, true}) {
    FakeAdmin admin([](const FakeRequest&) { return http_answer(200, kOpen); });
    Call call(kCommand, {stdin, stdout, stderr},
              {.socket = admin.socket_path() + (gone ? "-gone" : ""), .data_dir = {}, .json = false}, {});
    const Outcome outcome = wait_for_vault(call, "sealed", 50);
    ASSERT_FALSE(outcome);
    EXPECT_NE(outcome.error().text.find("has not come back"), std::string::npos) << outcome.error().text;
    EXPECT_EQ(outcome.error().exit_status, kExitFailed);
  }
}

}  // namespace
}  // namespace signet::ctl
