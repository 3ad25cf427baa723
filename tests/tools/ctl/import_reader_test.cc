// Reading import files: both formats, their chunks, and every kind of bad line.
#include <gtest/gtest.h>

#include "protocol/json/reader.h"
#include "tests/tools/ctl/fake_admin.h"
#include "tools/ctl/import/chunk_reader.h"

namespace signet::ctl {
namespace {

struct ReadFile {
  std::vector<ImportClient> clients;
  std::vector<std::string> faults;  // "line: text"
};

ReadFile read(const std::string& name, const std::string& text) {
  const TemporaryDirectory directory;
  auto lines = LineReader::open(directory.write(name, text));
  EXPECT_TRUE(lines);
  const auto source = record_source(name, *lines);
  ReadFile found;
  while (true) {
    ImportClient client;
    const auto more = source->next(client);
    if (!more) {
      found.faults.push_back(std::to_string(more.error().line) + ": " + more.error().text);
    } else if (*more) {
      found.clients.push_back(client);
    } else {
      return found;
    }
  }
}

// The one fault of a file, or what is wrong with that.
std::string fault(const std::string& name, const std::string& text) {
  const ReadFile found = read(name, text);
  if (found.faults.size() != 1) return "expected one fault, found " + std::to_string(found.faults.size());
  return found.faults.front();
}

std::string wire(const ImportClient& client, const std::string& secret) {
  std::string buffer(4096, '\0');
  JsonWriter writer(buffer);
  write_import_client(writer, client, secret);
  return std::string(writer.text());
}

constexpr const char* kWholeLine =
    R"({"client_id":"a","grants":["client_credentials","refresh_token"],"scopes":["x","y"],"audiences":["urn:a"],)"
    R"("alg":"ES256","ttl":60,"tenant":"t","introspect":["*"],"client_secret":"0123456789abcdef"})";

TEST(JsonLines, ReadsEveryMember) {
  const ReadFile found = read("f.jsonl", std::string(kWholeLine) + "\n");
  ASSERT_EQ(found.clients.size(), 1u);
  EXPECT_EQ(wire(found.clients[0], found.clients[0].client_secret), kWholeLine);
  EXPECT_EQ(found.clients[0].line, 1u);
}

TEST(JsonLines, SkipsBlankLinesAndTakesEveryLineEnd) {
  const ReadFile found = read("f.jsonl", "\n{\"client_id\":\"a\"}\r\n  \n{\"client_id\":\"b\"}");
  ASSERT_EQ(found.clients.size(), 2u);
  EXPECT_EQ(found.clients[1].client_id, "b");
  EXPECT_EQ(found.clients[1].line, 4u);
}

TEST(JsonLines, TakesListsAsTextAndNullAsAbsent) {
  const ReadFile found = read("f.jsonl", R"({"client_id":"a","scopes":"x  y","tenant":null,"ttl":null})");
  ASSERT_EQ(found.clients.size(), 1u);
  EXPECT_EQ(found.clients[0].scopes, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(found.clients[0].tenant_name(), "default");
}

TEST(JsonLines, NamesTheLineAndWhatWasExpected) {
  const auto second = [](const std::string& line) {
    return fault("f.jsonl", "{\"client_id\":\"a\"}\n" + line + "\n{\"client_id\":\"c\"}\n");
  };
  EXPECT_EQ(second("{\"tenant\":\"t\"}"), "2: client_id: expected on every line");
  EXPECT_EQ(second("{\"client_id\":null}"), "2: client_id: expected on every line");
  EXPECT_EQ(second("{\"client_id\":\"b c\"}"), "2: client_id: expected 1 to 128 characters of A-Za-z0-9-._~");
  EXPECT_EQ(second("{\"client_id\":7}"), "2: client_id: expected a string");
  EXPECT_EQ(second("{\"client_id\":\"b\",\"scope\":\"x\"}"), "2: unknown member `scope`; did you mean `scopes`?");
  EXPECT_EQ(second("{\"client_id\":\"b\",\"grants\":[\"password\"]}"),
            "2: grants: expected client_credentials or refresh_token");
  EXPECT_EQ(second("{\"client_id\":\"b\",\"audiences\":[\"relative\"]}"),
            "2: audiences: expected an absolute URI without fragment, at most 512 characters");
  EXPECT_EQ(second("{\"client_id\":\"b\",\"scopes\":[[\"x\"]]}"), "2: scopes: expected an array of strings");
  EXPECT_EQ(second("{\"client_id\":\"b\",\"alg\":\"HS256\"}"),
            "2: alg: expected exactly one audience, since an HMAC key belongs to one resource server");
  EXPECT_EQ(second("{\"client_id\":\"b\",\"scopes\":[\"x\",\"y\",\"x\"]}"), "2: scopes: expected each once");
  EXPECT_EQ(second("{\"client_id\":\"b\",\"introspect\":[\"*\",\"urn:a\"]}"), "2: introspect: expected `*` alone");
  EXPECT_EQ(second("[1]"), "2: expected one JSON object per line");
}

TEST(JsonLines, RefusesBadLines) {
  const std::string id = "{\"client_id\":\"b\"";
  for (const std::string& line : {id,
                                  id + ",\"client_id\":\"c\"}",
                                  id + "} {}",
                                  id + ",\"tenant\":\"\xFF\"}",
                                  id + ",\"tenant\":\"T\"}",
                                  id + ",\"tenant\":\"\"}",
                                  id + ",\"alg\":\"none\"}",
                                  id + ",\"ttl\":-1}",
                                  id + ",\"ttl\":86401}",
                                  id + ",\"ttl\":1.5}",
                                  id + ",\"ttl\":\"60\"}",
                                  id + ",\"scopes\":[\"a b\"]}",
                                  id + ",\"scopes\":[\"a\\\"\"]}",
                                  id + ",\"scopes\":[\"\xC3\xA4\"]}",
                                  id + ",\"scopes\":[7]}",
                                  id + ",\"scopes\":{}}",
                                  id + ",\"client_secret\":\"short\"}",
                                  id + ",\"client_secret\":\"0123456789abcde\\u0000\"}",
                                  id + ",\"introspect\":[\"**\"]}",
                                  std::string("{\"client_id\":\"") + std::string(129, 'a') + "\"}",
                                  std::string("\xEF\xBB\xBF{\"client_id\":\"b\"}"),
                                  std::string("{\"client_id\":\"\\ud800\"}"),
                                  std::string(kImportLineSizeMax + 1, ' '),
                                  std::string(3 * 1024 * 1024, 'x')}) {
    const ReadFile found = read("f.jsonl", line + "\n{\"client_id\":\"next\"}\n");
    EXPECT_EQ(found.faults.size(), 1u) << line.substr(0, 60);
    ASSERT_EQ(found.clients.size(), 1u) << line.substr(0, 60);  // reading goes on behind it
    EXPECT_EQ(found.clients[0].client_id, "next");
  }
}

TEST(JsonLines, NeverEchoesASecret) {
  EXPECT_EQ(fault("f.jsonl", "{\"client_id\":\"b\",\"client_secret\":\"tooshort\"}").find("tooshort"),
            std::string::npos);
}

TEST(Csv, ReadsEveryMemberByItsHeader) {
  const ReadFile found = read("f.csv",
                              "client_secret,client_id,grants,scopes,audiences,alg,ttl,tenant,introspect\r\n"
                              "0123456789abcdef,a,client_credentials refresh_token,x y,urn:a,ES256,60,t,*\r\n");
  ASSERT_EQ(found.clients.size(), 1u);
  EXPECT_EQ(wire(found.clients[0], found.clients[0].client_secret), kWholeLine);
  EXPECT_EQ(found.clients[0].line, 2u);
}

TEST(Csv, UnderstandsQuotes) {
  const ReadFile found = read("f.csv", "client_id,client_secret\n\"a\",\"0123,\"\"45\"\"6789abc\"\n");
  ASSERT_EQ(found.clients.size(), 1u);
  EXPECT_EQ(found.clients[0].client_secret, "0123,\"45\"6789abc");
}

TEST(Csv, CountsLinesInsideQuotes) {
  const ReadFile found = read("f.csv", "client_id,scopes\na,\"x\ny\"\nb,x\n");
  ASSERT_EQ(found.faults.size(), 1u);  // a line feed is in no scope
  ASSERT_EQ(found.clients.size(), 1u);
  EXPECT_EQ(found.faults[0].substr(0, 2), "2:");
  EXPECT_EQ(found.clients[0].line, 4u);
}

TEST(Csv, TakesEmptyCellsAsAbsentAndAByteOrderMark) {
  const ReadFile found = read("f.csv",
                              "\xEF\xBB\xBF"
                              "client_id,ttl,scopes\na,,\n");
  ASSERT_EQ(found.clients.size(), 1u);
  EXPECT_FALSE(found.clients[0].ttl_s);
}

TEST(Csv, NamesTheLineAndWhatWasExpected) {
  EXPECT_EQ(fault("f.csv", "client_id,scope\na,b\n"), "1: unknown member `scope`; did you mean `scopes`?");
  EXPECT_EQ(fault("f.csv", "client_id,client_id\na,b\n"), "1: expected `client_id` once in the header line");
  EXPECT_EQ(fault("f.csv", "client_id,ttl\na\n"), "2: expected 2 cells as in the header line, found 1");
  EXPECT_EQ(fault("f.csv", "client_id,ttl\na,1,2\n"), "2: expected 2 cells as in the header line, found 3");
  EXPECT_EQ(fault("f.csv", "client_id,ttl\n,1\n"), "2: client_id: expected on every line");
  EXPECT_EQ(fault("f.csv", "client_id\na\"b\n"), "2: expected quotes around the whole cell, and twice in it");
  EXPECT_EQ(fault("f.csv", "client_id\n\"a\"b\n"), "2: expected a comma after the closing quote");
  EXPECT_EQ(fault("f.csv", "client_id\n\"a\n"), "2: expected a closing quote before the end");
  EXPECT_EQ(fault("f.csv", "client_id\n\xFF\n"), "2: expected UTF-8 text");
  EXPECT_EQ(fault("f.csv", std::string("client_id\na\0b\n", 14)), "2: expected UTF-8 text");
  EXPECT_EQ(fault("f.csv", "client_id,ttl\na,1x\n"),
            "2: ttl: expected whole seconds from 0 (the server's default) to 86400");
}

TEST(Csv, AnOpenQuoteDoesNotSwallowTheFile) {
  std::string text = "client_id\n\"a\n";
  for (int i = 0; i < 20000; ++i) text += "b" + std::to_string(i) + "\n";
  EXPECT_FALSE(read("f.csv", text).faults.empty());
}

TEST(RecordSource, GuessesTheFormatOfOtherNames) {
  EXPECT_EQ(read("clients", "\n {\"client_id\":\"a\"}\n").clients.size(), 1u);
  EXPECT_EQ(read("clients", "client_id\na\n").clients.size(), 1u);
  EXPECT_EQ(read("clients", "").clients.size(), 0u);
}

TEST(LineReader, RefusesWhatCannotBeReadTwice) {
  const TemporaryDirectory directory;
  EXPECT_FALSE(LineReader::open(directory.file("absent")));
  EXPECT_FALSE(LineReader::open(directory.file("")));  // a directory
  EXPECT_FALSE(LineReader::open("/dev/null"));
}

TEST(LineReader, NoticesThatTheFileChanged) {
  const TemporaryDirectory directory;
  const auto lines = LineReader::open(directory.write("f", "a\n"));
  ASSERT_TRUE(lines);
  EXPECT_TRUE(lines->unchanged());
  directory.write("f", "ab\n");
  EXPECT_FALSE(lines->unchanged());
}

TEST(LineReader, FindsLinesOverBlockBorders) {
  const TemporaryDirectory directory;
  std::string text;
  for (int i = 0; i < 60000; ++i) text += std::to_string(i) + std::string(static_cast<size_t>(i % 97), 'x') + "\n";
  auto lines = LineReader::open(directory.write("f", text));
  ASSERT_TRUE(lines);
  std::string again;
  while (true) {
    const auto line = lines->next();
    ASSERT_TRUE(line);
    if (!*line) break;
    again.append(**line).append("\n");
    ASSERT_EQ(lines->offset(), again.size());
  }
  EXPECT_EQ(again, text);
  EXPECT_EQ(lines->line(), 60000u);
}

class Chunks : public testing::Test {
 protected:
  // Sizes of the chunks of a file with these ids.
  std::vector<size_t> sizes(const std::vector<std::string>& file_lines, size_t clients_max) {
    std::string text;
    for (const std::string& line : file_lines) text += line + "\n";
    auto lines = LineReader::open(directory_.write("f.jsonl", text));
    const auto source = json_lines_source(*lines);
    ChunkReader chunks(*source, clients_max);
    std::vector<size_t> found;
    while (true) {
      const auto chunk = chunks.next();
      if (!chunk) {
        faults_.push_back(chunk.error().text);
        continue;
      }
      if (chunk->empty()) return found;
      found.push_back(chunk->size());
      for (const ImportClient& client : *chunk) order_ += client.client_id + " ";
    }
  }
  static std::string line(const std::string& id, const std::string& tenant = "default") {
    return "{\"client_id\":\"" + id + "\",\"tenant\":\"" + tenant + "\"}";
  }
  TemporaryDirectory directory_;
  std::vector<std::string> faults_;
  std::string order_;
};

TEST_F(Chunks, HaveTheSizeAskedForButTheLast) {
  EXPECT_EQ(sizes({line("a"), line("b"), line("c"), line("d"), line("e")}, 2), (std::vector<size_t>{2, 2, 1}));
  EXPECT_EQ(order_, "a b c d e ");
}

TEST_F(Chunks, RefuseTheSameClientTwice) {
  sizes({line("a"), line("b"), line("a")}, 10);
  ASSERT_EQ(faults_.size(), 1u);
  EXPECT_EQ(faults_[0], "client_id: `a` stands in line 1 already");
}

TEST_F(Chunks, TellTenantsApart) {
  EXPECT_EQ(sizes({line("a"), line("a", "t")}, 10), (std::vector<size_t>{2}));
  EXPECT_EQ(sizes({line("a"), "{\"client_id\":\"a\"}"}, 10), std::vector<size_t>{});
  EXPECT_EQ(faults_.size(), 1u);
}

TEST_F(Chunks, NeverOutgrowABodyOfTheAdminSocket) {
  std::vector<std::string> lines;
  std::string audiences;
  for (char c = 'a'; c < 'a' + 16; ++c) audiences += " urn:" + std::string(500, c);
  std::string in_order;
  for (int i = 0; i < 1500; ++i) {
    lines.push_back("{\"client_id\":\"c" + std::to_string(i) + "\",\"audiences\":\"" + audiences + "\"}");
    in_order += "c" + std::to_string(i) + " ";
  }
  const std::vector<size_t> found = sizes(lines, 5000);
  EXPECT_GT(found.size(), 1u);
  for (const size_t size : found) EXPECT_LE(size * audiences.size(), kChunkBodySizeMax);
  EXPECT_EQ(order_, in_order);
}

TEST(WireSize, IsNeverBelowWhatIsWritten) {
  ImportClient client;
  client.client_id = "a";
  client.grants = {"client_credentials", "refresh_token"};
  client.scopes = {"x", "y"};
  client.audiences = {"urn:\"\\quoted"};
  client.alg = "EdDSA";
  client.ttl_s = 86400;
  client.tenant = "t";
  client.introspect = {"*"};
  EXPECT_LE(wire(client, std::string(43, '\\')).size(), wire_size_max(client));
}

}  // namespace
}  // namespace signet::ctl
