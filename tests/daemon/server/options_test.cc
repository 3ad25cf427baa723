// The command line of signetd.
#include "daemon/options.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

namespace signet {
namespace {

std::expected<Options, std::string> parse(std::initializer_list<const char*> arguments) {
  std::vector<char*> argv{const_cast<char*>("signetd")};
  for (const char* argument : arguments) argv.push_back(const_cast<char*>(argument));
  return parse_options(static_cast<int>(argv.size()), argv.data());
}

TEST(OptionsTest, DevHasItsDefaults) {
  auto options = parse({"--dev"});
  ASSERT_TRUE(options.has_value()) << options.error();
  EXPECT_TRUE(options->dev);
  EXPECT_EQ(options->data_dir, "signet-dev");
  EXPECT_EQ(options->port, 8420);
  EXPECT_EQ(options->action, Action::kServe);
}

TEST(OptionsTest, ReadsWhatDevTakes) {
  auto options = parse({"--dev", "--data-dir", "/d", "--port", "9000", "--workers", "3"});
  ASSERT_TRUE(options.has_value()) << options.error();
  EXPECT_EQ(options->data_dir, "/d");
  EXPECT_EQ(options->port, 9000);
  EXPECT_EQ(options->workers, 3u);
}

TEST(OptionsTest, VersionAndReferenceNeedNothingElse) {
  EXPECT_EQ(parse({"--version"})->action, Action::kVersion);
  EXPECT_EQ(parse({"--config-reference"})->action, Action::kConfigReference);
  EXPECT_EQ(parse({"--help"})->action, Action::kHelp);
}

TEST(OptionsTest, ChecksAFile) { EXPECT_EQ(parse({"--config", "f", "--check-config"})->action, Action::kCheckConfig); }

TEST(OptionsTest, WrongUsageIsRefused) {
  EXPECT_FALSE(parse({}).has_value());
  EXPECT_FALSE(parse({"--dev", "--config", "f"}).has_value());
  EXPECT_FALSE(parse({"--check-config"}).has_value());
  EXPECT_FALSE(parse({"--check-config", "--dev"}).has_value());
  EXPECT_FALSE(parse({"--config", "f", "--port", "1"}).has_value());
  EXPECT_FALSE(parse({"--config", "f", "--workers", "1"}).has_value());
  EXPECT_FALSE(parse({"--config", "f", "--data-dir", "d"}).has_value());
  EXPECT_FALSE(parse({"--dev", "--port", "0"}).has_value());
  EXPECT_FALSE(parse({"--dev", "--port", "65535"}).has_value()) << "the console has the port after it";
  EXPECT_FALSE(parse({"--dev", "--workers", "257"}).has_value());
  EXPECT_FALSE(parse({"--nonsense"}).has_value());
  EXPECT_FALSE(parse({"stray"}).has_value());
}

}  // namespace
}  // namespace signet
