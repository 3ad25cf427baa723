// What a run is made of before it starts: URL, credentials, requests, schedule.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "tools/load/credentials.h"
#include "tools/load/picker.h"
#include "tools/load/request_set.h"
#include "tools/load/request_text.h"
#include "tools/load/revoker.h"
#include "tools/load/schedule.h"
#include "tools/load/token_list.h"
#include "tools/load/url.h"

namespace signet::load {
namespace {

TEST(Url, ReadsHostPortAndPath) {
  const auto url = parse_url("http://127.0.0.1:8420/t/acme/");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "127.0.0.1");
  EXPECT_EQ(url->port, 8420);
  EXPECT_EQ(url->path, "/t/acme");
  EXPECT_EQ(url->authority(), "127.0.0.1:8420");
}

TEST(Url, ReadsAnIpv6Address) {
  const auto url = parse_url("http://[::1]:8420");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->authority(), "[::1]:8420");
  EXPECT_EQ(parse_url("http://[::1]/x")->port, 80);
}

TEST(Url, RefusesWhatItCannotLoad) {
  for (const char* text : {"", "127.0.0.1:8420", "https://h", "ftp://h", "http://", "http://:80",
                           "http://h:", "http://h:0", "http://h:65536", "http://h:8x", "http://[::1", "http://[::1]x",
                           "http://h/?a=b", "http://h/#f", "http://u:p@h/", "http://h /"})
    EXPECT_FALSE(parse_url(text)) << text;
}

TEST(Address, TellsLoopbackFromTheRest) {
  const auto is_loopback = [](const char* host) { return resolve({.host = host, .path = {}})->is_loopback(); };
  for (const char* host : {"127.0.0.1", "127.9.9.9", "::1"}) EXPECT_TRUE(is_loopback(host)) << host;
  for (const char* host : {"10.0.0.1", "0.0.0.0", "128.0.0.1", "192.0.2.1", "::", "2001:db8::1", "::ffff:127.0.0.1"})
    EXPECT_FALSE(is_loopback(host)) << host;
}

TEST(Clients, ComeAsPairsOrJson) {
  const auto clients = parse_clients(
      "a:b:c\n\n"
      "{\"client_id\":\"d\",\"tenant\":\"default\",\"client_secret\":\"e\"}\r\n"
      "{\"client_id\":\"f\",\"client_secret\":\"g\"}",
      "F", "default");
  ASSERT_TRUE(clients) << clients.error();
  ASSERT_EQ(clients->size(), 3u);
  EXPECT_EQ((*clients)[0].client_secret, "b:c");
  EXPECT_EQ((*clients)[1].client_id, "d");
  EXPECT_EQ((*clients)[2].client_secret, "g");
}

TEST(Clients, NameTheBadLineButNotItsSecret) {
  for (const char* line :
       {"nosecret", ":secret7", "id:", "{\"client_id\":\"secret7\"}", "{\"client_secret\":\"secret7\"}", "{secret7",
        "{\"client_id\":1,\"client_secret\":\"secret7\"}"}) {
    const auto clients = parse_clients(std::string("a:b\n") + line, "F", "default");
    ASSERT_FALSE(clients) << line;
    EXPECT_TRUE(clients.error().starts_with("F:2: ")) << clients.error();
    EXPECT_EQ(clients.error().find("secret7"), std::string::npos);
  }
}

TEST(Clients, OfAnotherTenantAreRefused) {
  const std::string line = R"({"client_id":"d","tenant":"acme","client_secret":"e"})";
  EXPECT_FALSE(parse_clients(line, "F", "default"));
  EXPECT_TRUE(parse_clients(line, "F", "acme"));
}

TEST(Clients, AreAtLeastOne) {
  EXPECT_FALSE(parse_clients("", "F", "default"));
  EXPECT_FALSE(parse_clients("\n\r\n", "F", "default"));
}

TEST(SecretFile, LosesItsLineEndOnly) {
  const auto path = std::filesystem::temp_directory_path() / ("signet_load_secret_" + std::to_string(getpid()));
  std::ofstream(path) << " a b \r\n";
  EXPECT_EQ(read_secret_file(path).value(), " a b ");
  std::ofstream(path) << "\n";
  EXPECT_FALSE(read_secret_file(path));
  std::filesystem::remove(path);
  EXPECT_FALSE(read_secret_file(path));
}

std::string composed(const RequestSet& set, size_t index) {
  std::vector<char> out(set.request_size_max());
  return std::string(set.compose(index, out));
}

TEST(RequestSet, ComposesBasic) {
  const std::vector<Credentials> clients{{"a", "b"}, {"long-id", "s:e c"}};
  const RequestSet set = RequestSet::token("h:1", "/oauth2/token", clients, "x y", AuthMethod::kBasic);
  EXPECT_EQ(composed(set, 0),
            "POST /oauth2/token HTTP/1.1\r\nHost: h:1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            "Content-Length: 41\r\nAuthorization: Basic YTpi\r\n\r\ngrant_type=client_credentials&scope=x%20y");
  EXPECT_NE(composed(set, 1).find("Basic bG9uZy1pZDpzJTNBZSUyMGM=\r\n"), std::string::npos);
}

TEST(RequestSet, SaysTheLengthOfItsBody) {
  const std::vector<Credentials> clients{{"a", "b"}, {"cc", "d&=%"}};
  for (const AuthMethod method : {AuthMethod::kBasic, AuthMethod::kPost}) {
    const RequestSet set = RequestSet::token("h", "/oauth2/token", clients, "", method);
    for (size_t i = 0; i < set.size(); ++i) {
      const std::string request = composed(set, i);
      const size_t body = request.find("\r\n\r\n") + 4;
      EXPECT_NE(request.find("Content-Length: " + std::to_string(request.size() - body) + "\r\n"), std::string::npos);
      EXPECT_EQ(request.find("Authorization") == std::string::npos, method == AuthMethod::kPost);
    }
  }
  const RequestSet post = RequestSet::token("h", "/oauth2/token", clients, "", AuthMethod::kPost);
  EXPECT_TRUE(composed(post, 1).ends_with("grant_type=client_credentials&client_id=cc&client_secret=d%26%3D%25"));
}

TEST(RequestSet, ComposesIntrospections) {
  TokenList tokens;
  tokens.add("aaa");
  tokens.add("b+");
  const RequestSet basic = RequestSet::introspection("h:1", "/i", tokens, {"rs", "s"}, AuthMethod::kBasic);
  ASSERT_EQ(basic.size(), 2u);
  EXPECT_EQ(composed(basic, 1),
            "POST /i HTTP/1.1\r\nHost: h:1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            "Authorization: Basic cnM6cw==\r\nContent-Length: 10\r\n\r\ntoken=b%2B");
  const RequestSet post = RequestSet::introspection("h:1", "/i", tokens, {"rs", "s"}, AuthMethod::kPost);
  EXPECT_TRUE(composed(post, 0).ends_with("Content-Length: 38\r\n\r\ntoken=aaa&client_id=rs&client_secret=s"));
  EXPECT_EQ(composed(post, 0).find("Authorization"), std::string::npos);
}

TEST(RequestSet, ComposesVerifications) {
  TokenList tokens;
  tokens.add("aaa");
  const RequestSet set = RequestSet::verification("h:1", "/verify?audience=urn%3Aa", tokens);
  EXPECT_EQ(composed(set, 0),
            "GET /verify?audience=urn%3Aa HTTP/1.1\r\nHost: h:1\r\nAuthorization: Bearer aaa\r\n\r\n");
}

TEST(EndpointPath, KeepsTheTenantsPath) {
  for (const char* path : {"/t/x", "/t/x/oauth2/token"}) {
    EXPECT_EQ(endpoint_path({.host = "h", .path = path}, "/oauth2/introspect"), "/t/x/oauth2/introspect") << path;
    EXPECT_EQ(tenant_of({.host = "h", .path = path}), "x");
  }
  EXPECT_EQ(endpoint_path({.host = "h", .path = {}}, "/verify"), "/verify");
  EXPECT_EQ(tenant_of({.host = "h", .path = {}}), "default");
}

TEST(TokensFile, RefusesWhatNoTokenIs) {
  const auto path = std::filesystem::temp_directory_path() / ("signet_load_tokens_" + std::to_string(getpid()));
  for (const char* text : {"", "\n\r\n", "good\nse cret7\n", "good\nsecret7\x01\n", "good\nsecret7\xC3\xA9\n"}) {
    std::ofstream(path) << text;
    const auto tokens = read_tokens_file(path);
    ASSERT_FALSE(tokens) << text;
    EXPECT_EQ(tokens.error().find("cret7"), std::string::npos) << tokens.error();
  }
  std::ofstream(path) << "one\r\n\ntwo";
  EXPECT_EQ(read_tokens_file(path)->size(), 2u);
  EXPECT_EQ(read_tokens_file(path)->at(1), "two");
  std::filesystem::remove(path);
  EXPECT_FALSE(read_tokens_file(path));
}

TEST(AliasTable, DrawsByWeight) {
  const std::vector<double> weights{1, 0, 6, 3};
  const AliasTable table(weights);
  Random random(1);
  std::vector<int> drawn(weights.size());
  for (int i = 0; i < 100'000; ++i) ++drawn[table.pick(random.next())];
  EXPECT_EQ(drawn[1], 0);
  for (const size_t i : {0u, 2u, 3u}) EXPECT_NEAR(drawn[i], weights[i] * 10'000, 600) << i;
}

TEST(AliasTable, HasOneCellForOneWeight) {
  const std::vector<double> weights{0.3};
  const AliasTable table(weights);
  for (const uint64_t random : {uint64_t{0}, UINT64_MAX}) EXPECT_EQ(table.pick(random), 0u);
}

TEST(Picker, DrawsTheHottestOfTenThousandAboutATenthOfTheTime) {
  Picker picker(PickPlan(Distribution::kZipf, 10'000), Share{});
  std::vector<int> drawn(10'000);
  for (int i = 0; i < 100'000; ++i) ++drawn[*picker.pick()];
  EXPECT_NEAR(drawn[0], 10'217, 600);
  EXPECT_NEAR(drawn[1], 5'109, 500);
  EXPECT_GT(std::count_if(drawn.begin(), drawn.end(), [](int n) { return n > 0; }), 5000);
}

TEST(Picker, GivesNeverSeenOnesOnceOverAllWorkers) {
  std::set<size_t> seen;
  for (unsigned worker = 0; worker < 3; ++worker) {
    Picker picker(PickPlan(Distribution::kNeverSeen, 10), Share{.worker = worker, .workers = 3});
    while (const auto at = picker.pick()) EXPECT_TRUE(seen.insert(*at).second) << *at;
    EXPECT_FALSE(picker.pick());
  }
  EXPECT_EQ(seen.size(), 10u);
  EXPECT_EQ(*seen.rbegin(), 9u);
}

TEST(Picker, StaysWithTheHotOne) {
  Picker picker(PickPlan(Distribution::kHot, 5), Share{.worker = 2, .workers = 3});
  for (int i = 0; i < 10; ++i) EXPECT_EQ(picker.pick(), 0u);
}

TEST(Jti, IsReadFromTheClaims) {
  EXPECT_EQ(jti_of("e30.eyJqdGkiOiJhYmMifQ.sig").value(), "abc");
  for (const char* token :
       {"", "opaque", "e30.e30.sig", "e30.eyJqdGkiOjF9.sig", "e30.!!.sig", "e30.eyJqdGkiOiJhYmMifQ"})
    EXPECT_FALSE(jti_of(token)) << token;
}

TEST(Schedule, IsFixedHoweverLateItIsTaken) {
  Schedule schedule(1000, 100.0 / 3);
  EXPECT_FALSE(schedule.is_due(999));
  EXPECT_TRUE(schedule.is_due(1000));
  EXPECT_EQ(schedule.take(), 1000u);
  EXPECT_FALSE(schedule.is_due(1032));
  EXPECT_EQ(schedule.take(), 1033u);
  EXPECT_EQ(schedule.take(), 1066u);
  EXPECT_EQ(schedule.take(), 1100u);
}

TEST(Schedule, DoesNotDriftOverAMillionArrivals) {
  Schedule schedule(0, 1e9 / 30000);
  for (int i = 0; i < 3'000'000; ++i) schedule.take();
  EXPECT_EQ(schedule.next_ns(), 100'000'000'000u);
}

}  // namespace
}  // namespace signet::load
