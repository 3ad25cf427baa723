// Reading the configuration: every mistake names file, line, key and what was expected.
#include "daemon/config.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

namespace signet {
namespace {

constexpr std::string_view kLeast = "data_dir = \"/d\"\nissuer = \"https://i.example\"\n";

std::expected<Config, std::string> parse(std::string_view more) {
  return parse_config(std::string(kLeast) + std::string(more), "f.toml");
}

TEST(ConfigTest, TheLeastThatWorksHasTheDefaults) {
  auto config = parse("");
  ASSERT_TRUE(config.has_value()) << config.error();
  EXPECT_EQ(config->data_dir, "/d");
  EXPECT_EQ(config->key_file, "/d/vault.key");
  EXPECT_EQ(config->issuer, "https://i.example");
  EXPECT_EQ(config->listen, std::vector<std::string>{"127.0.0.1:8420"});
  EXPECT_EQ(config->token_ttl_s, 900u);
  EXPECT_EQ(config->token_ttl_max_s, 86'400u);
  EXPECT_EQ(config->jwks_max_age_s, 300u);
  EXPECT_FALSE(config->dev);
}

TEST(ConfigTest, ReadsEveryTypeOfKey) {
  auto config = parse(R"(
key_file = "/k"
listen = ["127.0.0.1:1", "[::1]:2", "unix:/run/x.sock"]
console_listen = []
trusted_proxies = ["192.0.2.1", "2001:db8::1"]
workers = 3
log_level = "warning"
[limits]
idle_ms = 5000
head_size_max = 8192
)");
  ASSERT_TRUE(config.has_value()) << config.error();
  EXPECT_EQ(config->key_file, "/k");
  EXPECT_EQ(config->listen.size(), 3u);
  EXPECT_TRUE(config->console_listen.empty());
  EXPECT_EQ(config->trusted_proxies[1], "2001:db8::1");
  EXPECT_EQ(config->workers, 3u);
  EXPECT_EQ(config->log_level, LogLevel::kWarning);
  EXPECT_EQ(config->limits.idle_ms, 5000u);
  EXPECT_EQ(config->limits.head_size_max, 8192u);
}

constexpr std::string_view kToken = "pkcs11_module = \"/m.so\"\npkcs11_token = \"t\"\npkcs11_pin_file = \"/p\"\n";

TEST(ConfigTest, ATokenIsOffUnlessAllOfItIsSet) {
  ASSERT_TRUE(parse("").has_value());
  EXPECT_TRUE(parse("")->pkcs11_module.empty());
  const auto config = parse(std::string(kToken) + "pkcs11_threads = 8\n");
  ASSERT_TRUE(config.has_value()) << config.error();
  EXPECT_EQ(config->pkcs11_module, "/m.so");
  EXPECT_EQ(config->pkcs11_token, "t");
  EXPECT_EQ(config->pkcs11_pin_file, "/p");
  EXPECT_EQ(config->pkcs11_threads, 8u);
  EXPECT_EQ(config->pkcs11_queue_max, 1024u);
}

TEST(ConfigTest, HalfATokenIsAMistake) {
  for (const std::string_view key : {"pkcs11_module", "pkcs11_token", "pkcs11_pin_file"}) {
    std::string text(kToken);
    const size_t at = text.find(key);
    text.erase(at, text.find('\n', at) - at);
    const auto config = parse(text);
    ASSERT_FALSE(config.has_value()) << key;
    EXPECT_NE(config.error().find(std::string(key) + ": is not set"), std::string::npos) << config.error();
  }
  for (const std::string_view wrong : {"pkcs11_module = \"m.so\"", "pkcs11_module = \"\"", "pkcs11_token = \"\"",
                                       "pkcs11_token = \"a\\u0007\"", "pkcs11_pin_file = \"\"", "pkcs11_threads = 0",
                                       "pkcs11_threads = 65", "pkcs11_queue_max = 0", "pkcs11_pin = \"1234\""}) {
    EXPECT_FALSE(parse(wrong).has_value()) << wrong;
  }
}

TEST(ConfigTest, GuessingIsLimitedAndNothingElseUnlessAsked) {
  auto config = parse("");
  ASSERT_TRUE(config.has_value()) << config.error();
  EXPECT_EQ(config->client_rate_per_s, 0u);
  EXPECT_EQ(config->address_rate_per_s, 0u);
  EXPECT_EQ(config->failed_authentication_rate_per_s, 10u);
  EXPECT_EQ(config->failed_authentication_burst, 100u);
}

TEST(ConfigReloadTest, TakesRateLimits) {
  Config current = *parse("");
  const Config loaded =
      *parse("[limits]\nclient_rate_per_s = 5\nclient_burst = 1\nfailed_authentication_rate_per_s = 0\n");
  EXPECT_TRUE(apply_reload(loaded, current).empty());
  EXPECT_EQ(current.client_rate_per_s, 5u);
  EXPECT_EQ(current.client_burst, 1u);
  EXPECT_EQ(current.failed_authentication_rate_per_s, 0u);
}

struct Mistake {
  const char* name;
  const char* toml;   // after the two lines of kLeast, so its first line is line 3
  const char* error;  // part of the message
};
void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.name; }

class ConfigMistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(ConfigMistakeTest, IsRefusedWithItsPlaceAndWhatWasExpected) {
  auto config = parse(GetParam().toml);
  ASSERT_FALSE(config.has_value());
  EXPECT_NE(config.error().find(GetParam().error), std::string::npos) << config.error();
}

INSTANTIATE_TEST_SUITE_P(
    All, ConfigMistakeTest,
    testing::Values(
        Mistake{"BurstOfNothing", "[limits]\nclient_burst = 0\n", "limits.client_burst: expected an integer from 1"},
        Mistake{"RateTooHigh", "[limits]\naddress_rate_per_s = 1000001\n",
                "limits.address_rate_per_s: expected an integer from 0 to 1000000"},
        Mistake{"UnknownKey", "tokn_ttl_s = 1\n", "f.toml:3: tokn_ttl_s: unknown key; did you mean \"token_ttl_s\"?"},
        Mistake{"UnknownLimit", "[limits]\nidle_sm = 1\n",
                "f.toml:4: limits.idle_sm: unknown key; did you mean \"limits.idle_ms\"?"},
        Mistake{"LimitAtTopLevel", "idle_ms = 1\n", "did you mean \"limits.idle_ms\"?"},
        Mistake{"UnknownTable", "[limit]\nx = 1\n", "f.toml:3: limit: unknown key; did you mean \"limits\"?"},
        Mistake{"TableInsteadOfKey", "[workers]\nx = 1\n", "workers: expected an integer from 0 to 256"},
        Mistake{"KeyInsteadOfTable", "limits = 3\n", "f.toml:3: limits: unknown key"},
        Mistake{"TextForInteger", "workers = \"2\"\n",
                "f.toml:3: workers: expected an integer from 0 to 256 (threads)"},
        Mistake{"FloatForInteger", "workers = 2.0\n", "workers: expected an integer"},
        Mistake{"BooleanForInteger", "workers = true\n", "workers: expected an integer"},
        Mistake{"Negative", "workers = -1\n", "workers: expected an integer from 0 to 256"},
        Mistake{"TooLarge", "token_ttl_max_s = 86401\n",
                "token_ttl_max_s: expected an integer from 1 to 86400 (seconds)"},
        Mistake{"Huge", "workers = 9223372036854775807\n", "workers: expected an integer"},
        Mistake{"BeyondTomlIntegers", "workers = 92233720368547758070\n", "f.toml:3: not TOML"},
        Mistake{"ZeroLifetime", "token_ttl_s = 0\n", "token_ttl_s: expected an integer from 1"},
        Mistake{"DefaultAboveMost", "token_ttl_s = 100\ntoken_ttl_max_s = 99\n",
                "token_ttl_s: expected at most token_ttl_max_s"},
        Mistake{"IntegerForText", "key_file = 1\n", "f.toml:3: key_file: expected a text"},
        Mistake{"EmptyPath", "key_file = \"\"\n", "key_file: expected a path"},
        Mistake{"NulInPath", "key_file = \"a\\u0000b\"\n", "key_file: expected a path"},
        Mistake{"TextForList", "listen = \"127.0.0.1:1\"\n", "f.toml:3: listen: expected a list of texts"},
        Mistake{"IntegerInList", "listen = [\n1]\n", "f.toml:4: listen: expected a text"},
        Mistake{"BadAddress", "listen = [\"localhost:1\"]\n", "listen: expected an address such as"},
        Mistake{"PortTooLarge", "listen = [\"127.0.0.1:65536\"]\n", "listen: expected an address such as"},
        Mistake{"NoPort", "listen = [\"127.0.0.1\"]\n", "listen: expected an address such as"},
        Mistake{"NoListener", "listen = []\n", "listen: expected at least one address"},
        Mistake{"OffLoopback", "listen = [\"0.0.0.0:8420\"]\n", "set plaintext = \"behind-proxy\""},
        Mistake{"OffLoopback6", "listen = [\"[::]:8420\"]\n", "set plaintext = \"behind-proxy\""},
        Mistake{"ConsoleOffLoopback", "console_listen = [\"192.0.2.1:1\"]\n",
                "console_listen: 192.0.2.1:1 is off loopback"},
        Mistake{"OtherPlaintext", "plaintext = \"yes\"\n", "plaintext: expected \"behind-proxy\""},
        Mistake{"ProxyByName", "trusted_proxies = [\"proxy.example\"]\n",
                "trusted_proxies: expected a literal IPv4 or IPv6 address"},
        Mistake{"ProxyNetwork", "trusted_proxies = [\"10.0.0.0/8\"]\n", "trusted_proxies: expected a literal"},
        Mistake{"BadLevel", "log_level = \"trace\"\n", "f.toml:3: log_level: expected \"debug\", \"info\""},
        Mistake{"LevelNumber", "log_level = 1\n", "log_level: expected \"debug\""},
        Mistake{"TargetAboveHead", "[limits]\ntarget_size_max = 16384\n", "limits.target_size_max: expected less than"},
        Mistake{"LimitOutOfRange", "[limits]\nbody_size_max = 2000000\n",
                "f.toml:4: limits.body_size_max: expected an integer"},
        Mistake{"DevIsNoKey", "dev = true\n", "dev: unknown key"},
        Mistake{"Duplicate", "workers = 1\nworkers = 2\n", "f.toml:4: not TOML"},
        Mistake{"NotToml", "workers = \n", "f.toml:3: not TOML"}, Mistake{"NotUtf8", "# \xff\n", "not TOML"}),
    [](const auto& test) { return std::string(test.param.name); });

class IssuerTest : public testing::TestWithParam<const char*> {};

// RFC 8414 section 2: https, no query, no fragment.
TEST_P(IssuerTest, IsRefused) {
  auto config = parse_config("data_dir = \"/d\"\nissuer = \"" + std::string(GetParam()) + "\"\n", "f");
  ASSERT_FALSE(config.has_value());
  EXPECT_NE(config.error().find("f:2: issuer: expected an https URL"), std::string::npos) << config.error();
}

INSTANTIATE_TEST_SUITE_P(All, IssuerTest,
                         testing::Values("", "i.example", "http://i.example", "https://", "https://i.example/",
                                         "https://i.example?x", "https://i.example#x", "https://i example",
                                         "https://u@i.example", "ftp://i.example", "http://127.0.0.1.evil@x",
                                         "https:///path", "http://localhost.example", "http://127.0.0.1.example",
                                         "HTTPS://i.example", "https://i.example/\\u00e9"));

TEST(ConfigTest, TakesPlainHttpOnLoopbackIssuers) {
  for (const char* issuer : {"http://127.0.0.1:8420", "http://localhost", "http://[::1]:8420/a"}) {
    auto config = parse_config("data_dir = \"/d\"\nissuer = \"" + std::string(issuer) + "\"\n", "f");
    EXPECT_TRUE(config.has_value()) << issuer;
  }
}

TEST(ConfigTest, MissingRequiredKeysAreNamed) {
  auto config = parse_config("", "f.toml");
  ASSERT_FALSE(config.has_value());
  EXPECT_EQ(config.error(), "f.toml: data_dir: is required but not set\nf.toml: issuer: is required but not set");
}

TEST(ConfigTest, ShowsEveryMistakeAtOnce) {
  auto config = parse("workers = \"x\"\nlog_level = 3\n");
  ASSERT_FALSE(config.has_value());
  EXPECT_NE(config.error().find("f.toml:3: workers"), std::string::npos);
  EXPECT_NE(config.error().find("\nf.toml:4: log_level"), std::string::npos);
}

TEST(ConfigTest, TakesOtherAddressesBehindAProxy) {
  EXPECT_TRUE(parse("plaintext = \"behind-proxy\"\nlisten = [\"0.0.0.0:80\"]\n").has_value());
}

TEST(ConfigTest, AMissingFileIsNamed) {
  auto config = load_config("/nonexistent/signetd.toml");
  ASSERT_FALSE(config.has_value());
  EXPECT_NE(config.error().find("/nonexistent/signetd.toml: cannot be opened: No such file"), std::string::npos);
}

TEST(ConfigTest, ADirectoryIsNoFile) { EXPECT_FALSE(load_config("/").has_value()); }

TEST(ConfigReloadTest, TakesWhatMayChangeAndNamesWhatMayNot) {
  Config current = *parse("");
  Config loaded = *parse("token_ttl_s = 60\nworkers = 5\n[limits]\nidle_ms = 1000\n");
  EXPECT_EQ(apply_reload(loaded, current), std::vector<std::string>{"workers"});
  EXPECT_EQ(current.token_ttl_s, 60u);
  EXPECT_EQ(current.limits.idle_ms, 1000u);
  EXPECT_EQ(current.workers, 0u);
}

TEST(ConfigReloadTest, TheSameFileChangesNothing) {
  Config current = *parse("");
  EXPECT_TRUE(apply_reload(*parse(""), current).empty());
}

TEST(ConfigTest, APathMayBeOutsideAscii) {
  auto config = parse("key_file = \"/khóa\"  # chìa\n");
  ASSERT_TRUE(config.has_value()) << config.error();
  EXPECT_EQ(config->key_file, "/khóa");
}

// The committed page is what the table makes.
TEST(ConfigReferenceTest, TheCommittedPageIsCurrent) {
  std::ifstream file(SIGNET_SOURCE_ROOT "/daemon/CONFIG.md");
  std::string committed((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(committed, config_reference()) << "run: signetd --config-reference > daemon/CONFIG.md";
}

}  // namespace
}  // namespace signet
