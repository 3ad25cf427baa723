// `client import` end to end against a stand-in for the daemon that keeps chunks as the real one does.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>
#include <set>

#include "protocol/json/reader.h"
#include "tests/tools/ctl/fake_admin.h"
#include "tools/ctl/import/secret_generator.h"

namespace signet::ctl {
namespace {

// Commits chunks in order, answers a repeated one as such, and can fail at a request of its life.
class ImportDaemon {
 public:
  std::string answer(const FakeRequest& request) {
    if (request.method == "GET" && request.target.starts_with("/v1/clients/")) {
      const std::string id = request.target.substr(12, request.target.find('?') - 12);
      if (!clients.contains(id)) return http_answer(404, "{\"message\":\"no client\"}");
      return http_answer(200, clients[id].empty() ? R"({"secrets":[]})" : R"({"secrets":[{}]})");
    }
    const std::string rest = request.target.substr(std::string("/v1/imports/").size());
    const std::string id = rest.substr(0, 64);
    imports.insert(id);
    if (request.method == "GET") return http_answer(200, "{\"next_chunk\":" + std::to_string(next[id]) + "}");
    if (refuse_chunk == std::stoi(rest.substr(72))) return http_answer(409, refusal);
    return take(id, std::stoull(rest.substr(72)), request.body);
  }

  std::string take(const std::string& id, uint64_t number, const std::string& body) {
    if (number < next[id]) return http_answer(200, "{\"added\":0,\"updated\":0,\"skipped\":0,\"repeated\":true}");
    if (number != next[id] || number == overtakes) {
      overtakes = UINT64_MAX;
      return http_answer(409, "{\"message\":\"another chunk of this import is expected\"}");
    }
    const auto chunk = read_json(body, {.size_max = 8 << 20, .depth_max = 16});
    EXPECT_TRUE(chunk);
    size_t added = 0;
    size_t skipped = 0;
    for (const JsonValue& client : *chunk->find("clients")->as_array()) {
      const std::string client_id = *client.find_string("client_id");
      const std::string* secret = client.find_string("client_secret");
      if (clients.contains(client_id)) {
        ++skipped;
        continue;
      }
      clients[client_id] = secret == nullptr ? "" : *secret;
      ++added;
    }
    ++next[id];
    if (lose_answer_of == static_cast<int>(number)) return "";
    return http_answer(200, "{\"added\":" + std::to_string(added) +
                                ",\"updated\":0,\"skipped\":" + std::to_string(skipped) + ",\"repeated\":false}");
  }

  std::map<std::string, std::string> clients;  // id to secret
  std::map<std::string, uint64_t> next;
  std::set<std::string> imports;
  int refuse_chunk = -1;
  uint64_t overtakes = UINT64_MAX;  // this chunk is refused once, as if it had come before its time
  std::string refusal = "{\"message\":\"client exists: c2\"}";
  int lose_answer_of = -1;
};

class Import : public testing::Test {
 protected:
  RunResult run(std::vector<std::string> more, const std::string& file = "") {
    std::vector<std::string> arguments{"--socket", admin_.socket_path(), "client", "import",
                                       file.empty() ? file_ : file};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_ctl(arguments);
  }
  static std::string lines(int first, int last) {
    std::string text;
    for (int i = first; i <= last; ++i) text += "{\"client_id\":\"c" + std::to_string(i) + "\"}\n";
    return text;
  }
  // The secrets file as a map; the last line of a client counts.
  std::map<std::string, std::string> secrets() {
    std::map<std::string, std::string> found;
    std::string text = file_text(secrets_);
    for (size_t at = 0; at < text.size();) {
      const size_t end = text.find('\n', at);
      const auto line = read_json(text.substr(at, end - at));
      EXPECT_TRUE(line) << text.substr(at, end - at);
      if (line) found[*line->find_string("client_id")] = *line->find_string("client_secret");
      at = end + 1;
    }
    return found;
  }
  size_t posts() {
    size_t count = 0;
    for (const FakeRequest& request : admin_.requests()) count += request.method == "POST" ? 1 : 0;
    return count;
  }

  ImportDaemon daemon_;
  TemporaryDirectory directory_;
  FakeAdmin admin_{[this](const FakeRequest& request) { return daemon_.answer(request); }};
  std::string file_ = directory_.write("clients.jsonl", lines(1, 10));
  std::string secrets_ = directory_.file("secrets.jsonl");
};

TEST_F(Import, EveryClientGetsTheSecretThatTheFileHolds) {
  const RunResult result = run({"--secrets-out", secrets_, "--chunk", "3"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.out.find("10 clients: 10 added, 0 updated, 0 skipped, 0 imported before"), std::string::npos);
  EXPECT_EQ(secrets(), daemon_.clients);
  EXPECT_EQ(daemon_.clients.size(), 10u);
  std::set<std::string> distinct;
  for (const auto& [id, secret] : daemon_.clients) {
    EXPECT_EQ(secret.size(), 43u);
    EXPECT_TRUE(distinct.insert(secret).second);
  }
  struct stat status{};
  ASSERT_EQ(stat(secrets_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(posts(), 4u);
}

TEST_F(Import, WithoutSecretsOutClientsHaveNoneAndThatIsSaid) {
  const RunResult result = run({});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.err.find("10 clients have no secret yet"), std::string::npos);
  EXPECT_EQ(daemon_.clients["c1"], "");
}

TEST_F(Import, AGivenSecretIsSentAndNotWritten) {
  directory_.write("clients.jsonl", "{\"client_id\":\"c1\",\"client_secret\":\"0123456789abcdef\"}\n");
  EXPECT_EQ(run({"--secrets-out", secrets_}).status, 0);
  EXPECT_EQ(daemon_.clients["c1"], "0123456789abcdef");
  EXPECT_EQ(file_text(secrets_), "");
}

TEST_F(Import, SecretsAreOnDiskBeforeTheirChunkIsSent) {
  daemon_.refuse_chunk = 0;
  EXPECT_EQ(run({"--secrets-out", secrets_, "--chunk", "10"}).status, 1);
  EXPECT_EQ(secrets().size(), 10u);
  EXPECT_EQ(daemon_.clients.size(), 0u);
}

TEST_F(Import, ARefusedChunkNamesItsLinesAndWhatIsIn) {
  daemon_.refuse_chunk = 1;
  const RunResult result = run({"--chunk", "4"});
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find("lines 5 to 8 were not imported: client exists: c2"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("4 of 10 clients are in"), std::string::npos) << result.err;
}

TEST_F(Import, ARefusedClientIsFoundByItsLine) {
  directory_.write("clients.jsonl", lines(1, 5) + "\n\n" + lines(6, 10));
  daemon_.refuse_chunk = 1;
  daemon_.refusal = "{\"message\":\"clients[1] (c7): tenant: there is no tenant\"}";
  const RunResult result = run({"--chunk", "5"});
  EXPECT_NE(result.err.find("line 9: clients[1] (c7)"), std::string::npos) << result.err;
}

TEST_F(Import, AChunkThatOvertookAnotherIsSentAgain) {
  directory_.write("clients.jsonl", lines(1, 100));
  daemon_.overtakes = 7;
  const RunResult result = run({"--chunk", "2", "--secrets-out", secrets_});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(secrets(), daemon_.clients);
  EXPECT_EQ(daemon_.clients.size(), 100u);
}

TEST_F(Import, ARefusalOfTheFirstChunkIsTheLastWord) {
  daemon_.refuse_chunk = 0;
  EXPECT_EQ(run({"--chunk", "2"}).status, 1);
  EXPECT_EQ(daemon_.clients.size(), 0u);
}

TEST_F(Import, GoesOnWhereItStoppedWithTheSameSecrets) {
  daemon_.refuse_chunk = 2;
  EXPECT_EQ(run({"--secrets-out", secrets_, "--chunk", "3"}).status, 1);
  const auto before = secrets();
  daemon_.refuse_chunk = -1;
  const RunResult result = run({"--secrets-out", secrets_, "--chunk", "3"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.out.find("4 added, 0 updated, 0 skipped, 6 imported before"), std::string::npos) << result.out;
  for (const auto& [id, secret] : before) EXPECT_EQ(secrets()[id], secret);
  EXPECT_EQ(secrets(), daemon_.clients);
}

TEST_F(Import, ALostAnswerLosesNoSecret) {
  daemon_.lose_answer_of = 1;
  EXPECT_EQ(run({"--secrets-out", secrets_, "--chunk", "3"}).status, 1);
  daemon_.lose_answer_of = -1;
  EXPECT_EQ(run({"--secrets-out", secrets_, "--chunk", "3"}).status, 0);
  EXPECT_EQ(secrets(), daemon_.clients);
}

TEST_F(Import, ATornLastLineIsCutAndMadeAnew) {
  EXPECT_EQ(run({"--secrets-out", secrets_, "--chunk", "100"}).status, 0);
  // As after a crash before the sync: half of the lines, the last one torn, and nothing committed.
  const std::string whole = file_text(secrets_);
  ASSERT_EQ(truncate(secrets_.c_str(), static_cast<off_t>(whole.size() / 2 + 7)), 0);
  daemon_ = ImportDaemon();
  EXPECT_EQ(run({"--secrets-out", secrets_, "--chunk", "100"}).status, 0);
  EXPECT_EQ(secrets(), daemon_.clients);
  EXPECT_EQ(file_text(secrets_).substr(0, whole.size() / 3), whole.substr(0, whole.size() / 3));
}

TEST_F(Import, ASecondRunOfTheSameFileChangesNothing) {
  EXPECT_EQ(run({"--secrets-out", secrets_}).status, 0);
  const std::string before = file_text(secrets_);
  const RunResult result = run({"--secrets-out", secrets_});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.out.find("10 imported before"), std::string::npos);
  EXPECT_EQ(file_text(secrets_), before);
  EXPECT_EQ(posts(), 1u);
}

TEST_F(Import, SaysWhenTheSecretsOfAnEarlierRunAreNotThere) {
  EXPECT_EQ(run({"--secrets-out", secrets_}).status, 0);
  const RunResult result = run({"--secrets-out", directory_.file("another")});
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find("`c1` (line 1) was imported by an earlier run"), std::string::npos) << result.err;
}

TEST_F(Import, OtherContentOrOptionsAreAnotherImport) {
  run({});
  run({"--chunk", "9"});
  run({"--on-conflict", "skip"});
  run({"--on-conflict", "update"});
  run({"--on-conflict", "skip", "--secrets-out", secrets_});
  directory_.write("clients.jsonl", lines(1, 11));
  run({});
  EXPECT_EQ(daemon_.imports.size(), 6u);
}

TEST_F(Import, OneThatExistsKeepsItsSecret) {
  daemon_.clients["c3"] = "in-use";
  const RunResult result = run({"--secrets-out", secrets_, "--on-conflict", "skip", "--chunk", "2"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_FALSE(secrets().contains("c3"));
  EXPECT_EQ(daemon_.clients["c3"], "in-use");
  EXPECT_EQ(secrets().size(), 9u);
}

TEST_F(Import, UpdateGivesASecretToOneThatHasNone) {
  daemon_.clients["c3"] = "";
  daemon_.clients["c4"] = "in-use";
  EXPECT_EQ(run({"--secrets-out", secrets_, "--on-conflict", "update"}).status, 0);
  EXPECT_TRUE(secrets().contains("c3"));
  EXPECT_FALSE(secrets().contains("c4"));
}

// What an old file holds may have been rotated out, perhaps because it leaked.
TEST_F(Import, ASecretOfTheFileDoesNotComeBackToAClientThatHasAnother) {
  EXPECT_EQ(run({"--secrets-out", secrets_}).status, 0);
  const auto before = secrets();
  daemon_.clients["c3"] = "rotated";
  daemon_.clients["c4"] = "";
  daemon_.clients.erase("c5");
  for (const std::string mode : {"update", "skip"}) {
    EXPECT_EQ(run({"--secrets-out", secrets_, "--on-conflict", mode}).status, 0);
    const std::string body = admin_.requests().back().body;
    EXPECT_EQ(body.find(before.at("c3")), std::string::npos) << mode;
    EXPECT_EQ(body.find(before.at("c1")), std::string::npos) << mode << ": it has this one already";
    EXPECT_EQ(body.find(before.at("c4")) != std::string::npos, mode == "update");
    EXPECT_EQ(daemon_.clients["c5"], before.at("c5")) << mode << ": its holder knows the one of the file";
    daemon_.clients.erase("c5");
  }
  EXPECT_EQ(secrets(), before);
}

TEST_F(Import, SaysWhenWhatAnEarlierRunImportedIsGone) {
  EXPECT_EQ(run({"--chunk", "5"}).status, 0);
  daemon_.clients.erase("c6");  // the first one of the second chunk
  const RunResult result = run({"--chunk", "5"});
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find("`c6` (line 6) was imported by an earlier run and has been removed"), std::string::npos)
      << result.err;
  EXPECT_NE(result.err.find("--on-conflict skip"), std::string::npos) << result.err;
  EXPECT_EQ(run({"--chunk", "5", "--on-conflict", "skip"}).status, 0);
  EXPECT_TRUE(daemon_.clients.contains("c6"));
  daemon_.clients.erase("c6");
  EXPECT_NE(run({"--chunk", "5", "--on-conflict", "skip"}).err.find("another --chunk"), std::string::npos);
}

TEST_F(Import, ABadLineAnywhereSendsNothing) {
  directory_.write("clients.jsonl", lines(1, 9) + "{\"client_id\":\"c10\",\"scope\":1}\nnonsense\n");
  const RunResult result = run({"--chunk", "2", "--secrets-out", secrets_});
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find(file_ + ":10: unknown member `scope`; did you mean `scopes`?"), std::string::npos);
  EXPECT_NE(result.err.find(file_ + ":11: expected one JSON object"), std::string::npos);
  EXPECT_EQ(admin_.requests().size(), 0u);
  EXPECT_NE(access(secrets_.c_str(), F_OK), 0);
}

TEST_F(Import, ManyBadLinesAreNotAllTold) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "bad\n";
  directory_.write("clients.jsonl", text);
  const std::string err = run({}).err;
  EXPECT_EQ(std::count(err.begin(), err.end(), '\n'), 22);
  EXPECT_NE(err.find("and more"), std::string::npos);
}

TEST_F(Import, AnEmptyFileIsAMistake) {
  directory_.write("clients.jsonl", "\n\n");
  EXPECT_EQ(run({}).status, 1);
  EXPECT_EQ(run({}, directory_.file("absent")).status, 1);
}

TEST_F(Import, AForeignFileIsNotTakenForTheSecretsFile) {
  for (const std::string text : {"precious", "precious\n", "{}\n", "{\"client_id\":\"a\"}\nx", "\n"}) {
    directory_.write("secrets.jsonl", text);
    chmod(secrets_.c_str(), 0600);
    EXPECT_EQ(run({"--secrets-out", secrets_}).status, 1) << text;
    EXPECT_EQ(file_text(secrets_), text);
  }
  EXPECT_EQ(posts(), 0u);
}

TEST_F(Import, ASecretsFileThatOthersReadIsRefused) {
  directory_.write("secrets.jsonl", "");
  chmod(secrets_.c_str(), 0640);
  EXPECT_NE(run({"--secrets-out", secrets_}).err.find("chmod 600"), std::string::npos);
  EXPECT_EQ(run({"--secrets-out", "/dev/null"}).status, 1);
  ASSERT_EQ(symlink(file_.c_str(), directory_.file("link").c_str()), 0);
  EXPECT_EQ(run({"--secrets-out", directory_.file("link")}).status, 1);
  EXPECT_EQ(posts(), 0u);
}

TEST_F(Import, TwoImportsDoNotMixTheirSecrets) {
  const int other = open(secrets_.c_str(), O_RDWR | O_CREAT, 0600);
  ASSERT_EQ(flock(other, LOCK_EX), 0);
  EXPECT_NE(run({"--secrets-out", secrets_}).err.find("another import"), std::string::npos);
  close(other);
}

TEST_F(Import, GivesTheCountsToPrograms) {
  const auto result = run({"--json", "--secrets-out", secrets_});
  const auto counts = read_json(result.out, {.allow_fractions = true});
  ASSERT_TRUE(counts) << result.out;
  EXPECT_EQ(counts->find("added")->as_integer(), 10);
  EXPECT_EQ(counts->find("secrets")->as_integer(), 10);
}

TEST_F(Import, AThousandChunksArriveInOrder) {
  directory_.write("clients.jsonl", lines(1, 2000));
  EXPECT_EQ(run({"--secrets-out", secrets_, "--chunk", "2"}).status, 0);
  EXPECT_EQ(daemon_.clients.size(), 2000u);
  EXPECT_EQ(secrets(), daemon_.clients);
}

TEST(SecretGenerator, FavoursNoCharacter) {
  SecretGenerator generator;
  std::map<char, int> counts;
  constexpr int kSecrets = 20000;
  for (int i = 0; i < kSecrets; ++i) {
    for (const char c : generator.next()) ++counts[c];
  }
  ASSERT_EQ(counts.size(), 66u);
  const double expected = kSecrets * 43.0 / 66;
  for (const auto& [c, count] : counts) {
    EXPECT_NEAR(count, expected, expected * 0.06) << c;  // seven standard deviations
    EXPECT_NE(std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~").find(c),
              std::string::npos);
  }
}

}  // namespace
}  // namespace signet::ctl
