#include "tools/load/options.h"

#include <gtest/gtest.h>

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
  for (const char* scenario : {"refresh", "introspect", "verify", "mixed"}) {
    EXPECT_TRUE(refused({scenario}, "not there yet; there is: token")) << scenario;
    EXPECT_TRUE(refused({scenario}, scenario));
  }
  EXPECT_TRUE(refused({"tokens"}, "unknown scenario tokens; there is: token"));
  EXPECT_TRUE(refused({}, "scenario"));
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
