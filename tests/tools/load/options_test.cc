#include "tools/load/options.h"

#include <gtest/gtest.h>

#include <tuple>

namespace signet::load {
namespace {

using Arguments = std::vector<std::string>;

testing::AssertionResult refused(const Arguments& arguments, std::string_view saying) {
  const auto options = parse_options(arguments);
  if (options) return testing::AssertionFailure() << "accepted";
  if (options.error().exit_status != 2) return testing::AssertionFailure() << "exit " << options.error().exit_status;
  if (options.error().text.find(saying) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << options.error().text;
}

Arguments good(const Arguments& more = {}) {
  Arguments arguments{"token", "--client", "c", "--secret-file", "f"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(Options, ReadThePinnedOnes) {
  const auto options =
      parse_options(good({"--url", "http://h", "--data-dir", "D", "--rs", "r", "--rs-secret-file", "g", "--connections",
                          "8", "--duration", "2.5", "--rate", "100", "--threads", "2", "--json"}));
  ASSERT_TRUE(options) << options.error().text;
  EXPECT_EQ(options->url, "http://h");
  EXPECT_EQ(options->client, "c");
  EXPECT_EQ(options->secret_file, "f");
  EXPECT_EQ(options->plan.connections, 8u);
  EXPECT_EQ(options->plan.duration_s, 2.5);
  EXPECT_EQ(options->plan.rate, 100);
  EXPECT_EQ(options->plan.threads, 2u);
  EXPECT_TRUE(options->json);
  EXPECT_FALSE(options->allow_remote);
}

TEST(Options, ReadTheFurtherOnes) {
  const auto options = parse_options(
      {"token", "--clients-file", "x", "--scope", "a b", "--allow-remote", "--warmup", "1", "--auth", "post"});
  ASSERT_TRUE(options) << options.error().text;
  EXPECT_EQ(options->clients_file, "x");
  EXPECT_EQ(options->scope, "a b");
  EXPECT_TRUE(options->allow_remote);
  EXPECT_EQ(options->plan.warmup_s, 1);
  EXPECT_EQ(options->auth, AuthMethod::kPost);
}

TEST(Options, FindTheDemoClientInADevelopmentDirectory) {
  for (const Arguments& arguments :
       {Arguments{"token", "--data-dir", "D"}, {"token", "--data-dir", "D", "--client", "demo"}}) {
    const auto options = parse_options(arguments);
    ASSERT_TRUE(options) << options.error().text;
    EXPECT_EQ(options->client, "demo");
    EXPECT_EQ(options->secret_file, "D/demo-secret");
  }
}

TEST(Options, NeedSomebodyWhoAsks) {
  EXPECT_TRUE(refused({"token"}, "who asks?"));
  EXPECT_TRUE(refused({"token", "--client", "c"}, "who asks?"));
  EXPECT_TRUE(refused({"token", "--secret-file", "f"}, "who asks?"));
  EXPECT_TRUE(refused({"token", "--data-dir", "D", "--client", "other"}, "who asks?"));
}

TEST(Options, RefuseTwoKindsOfClients) {
  EXPECT_TRUE(refused(good({"--clients-file", "x"}), "--clients-file stands alone"));
}

TEST(Options, SayWhichScenariosThereAre) {
  EXPECT_TRUE(refused({"tokens"}, "unknown scenario tokens; there are: token, refresh, introspect, verify, mixed"));
  EXPECT_TRUE(refused({}, "scenario"));
}

TEST(Options, NeedAResourceServerWhereOneIntrospects) {
  const Arguments client{"--client", "c", "--secret-file", "f"};
  for (const char* scenario : {"introspect", "mixed"}) {
    Arguments arguments{scenario};
    arguments.insert(arguments.end(), client.begin(), client.end());
    EXPECT_TRUE(refused(arguments, "who introspects?")) << scenario;
    arguments.insert(arguments.end(), {"--rs", "r"});
    EXPECT_TRUE(refused(arguments, "who introspects?")) << scenario;
  }
  EXPECT_TRUE(refused({"introspect", "--rs", "r", "--rs-secret-file", "f"}, "who asks?"));
  EXPECT_TRUE(
      refused({"introspect", "--rs", "r", "--rs-secret-file", "f", "--tokens-file", "t", "--revocations-per-s", "1"},
              "who asks?"));
  EXPECT_TRUE(parse_options({"introspect", "--rs", "r", "--rs-secret-file", "f", "--tokens-file", "t"}));
}

TEST(Options, NeedAnAudienceWhereOneVerifies) {
  EXPECT_TRUE(refused({"verify", "--client", "c", "--secret-file", "f"}, "--audience"));
  const auto options = parse_options({"verify", "--client", "c", "--secret-file", "f", "--audience", "urn:a"});
  ASSERT_TRUE(options) << options.error().text;
  EXPECT_EQ(options->audience, "urn:a");
}

TEST(Options, FindEverythingInADevelopmentDirectory) {
  const auto options = parse_options({"mixed", "--data-dir", "D"});
  ASSERT_TRUE(options) << options.error().text;
  EXPECT_EQ(options->secret_file, "D/demo-secret");
  EXPECT_EQ(options->rs, "demo-rs");
  EXPECT_EQ(options->rs_secret_file, "D/demo-rs-secret");
  EXPECT_EQ(options->audience, "urn:demo");
  EXPECT_EQ(options->tokens, 10'000u);
}

TEST(Options, DoNotPretendToUseWhatTheScenarioDoesNot) {
  for (const auto& [scenario, name, value] : {std::tuple{"token", "--tokens", "5"},
                                              {"token", "--distribution", "hot"},
                                              {"refresh", "--tokens-file", "f"},
                                              {"introspect", "--audience", "urn:a"},
                                              {"token", "--refresh-tokens-file", "f"},
                                              {"verify", "--batch", "5"},
                                              {"mixed", "--batch", "5"},
                                              {"token", "--revocations-per-s", "5"},
                                              {"mixed", "--revocations-per-s", "5"},
                                              {"token", "--mix", "token=1"},
                                              {"mixed", "--path", "/p"}})
    EXPECT_TRUE(refused({scenario, "--data-dir", "D", name, value}, std::string(name) + " is for")) << scenario << name;
}

TEST(Options, KnowHowManyNeverSeenTokensARunNeeds) {
  const Arguments base{"introspect", "--data-dir", "D", "--distribution", "never-seen", "--duration", "2"};
  EXPECT_TRUE(refused(base, "needs --rate or --tokens"));
  const auto with = [&](Arguments more) {
    more.insert(more.begin(), base.begin(), base.end());
    return parse_options(more).value().tokens;
  };
  EXPECT_EQ(with({"--tokens", "77"}), 77u);
  EXPECT_EQ(with({"--rate", "1000"}), 2001u);
  EXPECT_EQ(with({"--rate", "1000", "--warmup", "1", "--batch", "10"}), 30'001u);
}

TEST(Options, RefuseContradictionsAboutTokens) {
  EXPECT_TRUE(refused({"introspect", "--data-dir", "D", "--tokens-file", "f", "--tokens", "5"}, "leave --tokens out"));
  EXPECT_TRUE(refused({"introspect", "--data-dir", "D", "--distribution", "hot", "--tokens", "5"}, "hot is one token"));
  EXPECT_TRUE(refused({"introspect", "--data-dir", "D", "--batch", "5", "--auth", "post"}, "--auth basic"));
  EXPECT_EQ(parse_options({"introspect", "--data-dir", "D", "--distribution", "hot"}).value().tokens, 1u);
}

TEST(Options, ReadAMix) {
  const auto options = parse_options({"mixed", "--data-dir", "D", "--mix", "token=2,verify=0.5"});
  ASSERT_TRUE(options) << options.error().text;
  EXPECT_TRUE(options->has(Scenario::kToken));
  EXPECT_TRUE(options->has(Scenario::kVerify));
  EXPECT_FALSE(options->has(Scenario::kRefresh));
  EXPECT_FALSE(options->has(Scenario::kIntrospect));
  EXPECT_EQ(options->mix.verify, 0.5);
  for (const char* mix : {",", "token", "token=", "token=x", "token=-1", "token=nan", "token=1e10", "tokens=1",
                          "token=0,verify=0", "token=1;verify=1"})
    EXPECT_TRUE(refused({"mixed", "--data-dir", "D", "--mix", mix}, "--mix: ")) << mix;
}

TEST(Options, RefuseNumbersOutOfRange) {
  for (const auto& [name, value] : {std::pair{"--connections", "0"},
                                    {"--connections", "x"},
                                    {"--connections", "-1"},
                                    {"--connections", "60001"},
                                    {"--threads", "0"},
                                    {"--duration", "0"},
                                    {"--duration", "-1"},
                                    {"--duration", "nan"},
                                    {"--rate", "0"},
                                    {"--rate", "-5"},
                                    {"--warmup", "-1"},
                                    {"--tokens", "0"},
                                    {"--batch", "0"},
                                    {"--revocations-per-s", "0"},
                                    {"--distribution", "normal"},
                                    {"--auth", "digest"}})
    EXPECT_TRUE(refused(good({name, value}), name)) << name << ' ' << value;
}

TEST(Options, RefuseThreadsWithoutConnections) {
  EXPECT_TRUE(refused(good({"--threads", "4", "--connections", "3"}), "more threads than"));
}

TEST(Options, RefuseUnknownOnes) {
  EXPECT_TRUE(refused(good({"--secret", "s"}), "--secret"));
  EXPECT_TRUE(refused(good({"extra"}), "extra"));
}

TEST(Options, EndEarlyForHelpAndVersion) {
  EXPECT_EQ(parse_options({"--help"}).error().exit_status, 0);
  EXPECT_NE(parse_options({"--help"}).error().text.find("--connections"), std::string::npos);
  EXPECT_EQ(parse_options({"--version"}).error().exit_status, 0);
  EXPECT_TRUE(parse_options({"--version"}).error().text.starts_with("signet-load "));
}

}  // namespace
}  // namespace signet::load
