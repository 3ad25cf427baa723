// Exports of the audit log and logs of issued tokens, read without a daemon: whatever was done to one is named.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/tools/ctl/fake_admin.h"
#include "tools/ctl/audit_export_file.h"
#include "tools/ctl/issuance_files.h"
#include "tools/ctl/issuance_tail.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/time_text.h"

namespace signet::ctl {
namespace {

using Lines = std::vector<std::string>;

const std::string kHash(43, 'A');

std::string hash_text(uint64_t sequence) {
  std::string hash = kHash;
  hash[0] = static_cast<char>('A' + sequence % 26);
  return hash;
}

JsonValue record(uint64_t sequence, const std::string& subject = "c") {
  return JsonValue(JsonValue::Object{{"sequence", JsonValue(static_cast<int64_t>(sequence))},
                                     {"what", JsonValue(std::string("client.add"))},
                                     {"subject", JsonValue(subject)},
                                     {"hash", JsonValue(hash_text(sequence))}});
}

Lines read_lines(const std::string& path) {
  std::ifstream file(path);
  Lines lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

void write_lines(const std::string& path, const Lines& lines) {
  std::ofstream file(path, std::ios::trunc);
  for (const std::string& line : lines) file << line << '\n';
}

class ExportTest : public testing::Test {
 protected:
  // Records 3 to 7: a line before them, one behind.
  void SetUp() override {
    auto file = AuditExportFile::create(path_, 2, hash_text(2));
    ASSERT_TRUE(file) << file.error().text;
    for (uint64_t sequence = 3; sequence <= 7; ++sequence) ASSERT_TRUE(file->add(record(sequence)));
    const auto end = file->finish();
    ASSERT_TRUE(end) << end.error().text;
    written_ = *end;
    lines_ = read_lines(path_);
    ASSERT_EQ(lines_.size(), 7U);
  }
  // What reading says of these lines.
  std::string fault(const Lines& lines) {
    write_lines(path_, lines);
    const auto read = read_audit_export(path_, {});
    return read ? "" : read.error().text;
  }
  void expect_fault(const Lines& lines, const std::string& text) {
    EXPECT_NE(fault(lines).find(text), std::string::npos) << fault(lines);
  }

  TemporaryDirectory directory_;
  const std::string path_ = directory_.file("audit.jsonl");
  AuditExportEnd written_;
  Lines lines_;
};

TEST_F(ExportTest, IsReadAsItWasWritten) {
  const auto read = read_audit_export(path_, {});
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(read->first, 3U);
  EXPECT_EQ(read->last, 7U);
  EXPECT_EQ(read->before_hash, hash_text(2));
  EXPECT_EQ(read->hash, hash_text(7));
  EXPECT_EQ(read->chain, written_.chain);
}

TEST_F(ExportTest, AnAlteredLineIsNamed) {
  for (size_t i = 0; i < lines_.size(); ++i) {
    Lines altered = lines_;
    altered[i][altered[i].find('"', 10) + 2] ^= 1;
    expect_fault(altered, "line " + std::to_string(i + 1) + " was altered");
  }
}

TEST_F(ExportTest, ARemovedLineIsNamed) {
  for (size_t i = 0; i + 1 < lines_.size(); ++i) {
    Lines cut = lines_;
    cut.erase(cut.begin() + static_cast<ptrdiff_t>(i));
    expect_fault(cut, "line " + std::to_string(i + 1) + " is number " + std::to_string(i + 2) + ": number " +
                          std::to_string(i + 1) + " is missing");
  }
}

TEST_F(ExportTest, SeveralRemovedLinesAreNamed) {
  Lines cut = lines_;
  cut.erase(cut.begin() + 1, cut.begin() + 4);
  expect_fault(cut, "line 2 is number 5: 2 to 4 are missing");
}

TEST_F(ExportTest, ReorderedLinesAreNamed) {
  Lines moved = lines_;
  std::swap(moved[2], moved[4]);
  expect_fault(moved, "line 3 is number 5");
  Lines repeated = lines_;
  repeated.insert(repeated.begin() + 3, lines_[1]);
  expect_fault(repeated, "line 4 is number 2 and stands where 4 belongs: it was moved");
}

TEST_F(ExportTest, AnEndThatIsMissingIsNamed) {
  for (size_t keep = 1; keep < lines_.size(); ++keep) {
    expect_fault(Lines(lines_.begin(), lines_.begin() + static_cast<ptrdiff_t>(keep)), "its last line is missing");
  }
  expect_fault({}, "last line is missing");
}

TEST_F(ExportTest, ALineThatWasCutIsNamed) {
  std::ofstream(path_, std::ios::trunc) << lines_[0] << '\n' << lines_[1].substr(0, 20);
  const auto read = read_audit_export(path_, {});
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().text.find("line 2 was cut"), std::string::npos) << read.error().text;
}

TEST_F(ExportTest, WhatIsNoLineIsNamed) {
  Lines other = lines_;
  other[3] = "something else";
  expect_fault(other, "line 4 is damaged");
  other[3] = "";
  expect_fault(other, "line 4 is damaged");
}

TEST_F(ExportTest, LinesBehindTheEndAreRefused) {
  Lines more = lines_;
  LineChain chain(*LineChain::hash_of(lines_.back()));
  std::string line = R"({"n":8,"sequence":8)";
  chain.close_line(line, 0);
  more.push_back(line.substr(0, line.size() - 1));
  expect_fault(more, "is no export");
}

TEST_F(ExportTest, AChainThatIsNoExportIsRefused) {
  LineChain chain;
  std::string line = R"({"n":1,"log":"signet issuance")";
  chain.close_line(line, 0);
  expect_fault({line.substr(0, line.size() - 1)}, "is no export");
}

// The chain of the file holds, since whoever wrote it left a record out.
TEST_F(ExportTest, ARecordThatWasNeverExportedIsNamed) {
  std::filesystem::remove(path_);
  auto file = AuditExportFile::create(path_, 2, hash_text(2));
  ASSERT_TRUE(file);
  for (const uint64_t sequence : {3, 4, 6}) ASSERT_TRUE(file->add(record(sequence)));
  ASSERT_TRUE(file->finish());
  const auto read = read_audit_export(path_, {});
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().text.find("record 4 is followed by 6"), std::string::npos) << read.error().text;
}

TEST_F(ExportTest, TokensThatShareARecordAreNoGap) {
  std::filesystem::remove(path_);
  auto file = AuditExportFile::create(path_, 2, hash_text(2));
  ASSERT_TRUE(file);
  for (const uint64_t sequence : {3, 3, 3, 4}) ASSERT_TRUE(file->add(record(sequence)));
  ASSERT_TRUE(file->finish());
  EXPECT_TRUE(read_audit_export(path_, {}));
}

TEST_F(ExportTest, AFileThatIsThereIsLeftAlone) {
  const auto file = AuditExportFile::create(path_, 2, hash_text(2));
  ASSERT_FALSE(file);
  EXPECT_EQ(read_lines(path_), lines_);
}

TEST_F(ExportTest, AnExportThatDidNotEndIsRemoved) {
  const std::string other = directory_.file("other");
  {
    ASSERT_TRUE(AuditExportFile::create(other, 0, kHash));
  }
  EXPECT_FALSE(std::filesystem::exists(other));
}

TEST_F(ExportTest, NamesCannotForgeALine) {
  std::filesystem::remove(path_);
  auto file = AuditExportFile::create(path_, 2, hash_text(2));
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->add(record(3, "a\n{\"n\":9,\"end\":true}\n")));
  ASSERT_TRUE(file->finish());
  EXPECT_EQ(read_lines(path_).size(), 3U);
  EXPECT_TRUE(read_audit_export(path_, {}));
}

// Two files of the log of issued tokens: lines 1 to 3, and 4 to 6.
class IssuanceFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    LineChain chain;
    uint64_t number = 0;
    for (int file = 1; file <= 2; ++file) {
      Lines lines{R"(,"log":"signet issuance","before":")" + chain_text(chain.hash()) + '"'};
      for (int i = 1; i <= 2; ++i) {
        lines.push_back(R"(,"time_ms":1764182841123,"tenant":"default","client_id":"c)" + std::to_string(file) +
                        std::to_string(i) + R"(","jti":"j","endpoint":"token")");
      }
      paths_.push_back(directory_.file("issuance-0000000" + std::to_string(file) + ".jsonl"));
      for (std::string& line : lines) {
        line.insert(0, R"({"n":)" + std::to_string(++number));
        chain.close_line(line, 0);
        line.pop_back();
      }
      places_.push_back({"issuance-0000000" + std::to_string(file) + ".jsonl", number, chain_text(chain.hash())});
      write_lines(paths_.back(), lines);
      lines_.push_back(lines);
    }
  }
  std::string fault() {
    const auto report = check_issuance_files(paths_, places_, {});
    EXPECT_TRUE(report);
    return report->fault;
  }
  void expect_fault(const std::string& text) { EXPECT_NE(fault().find(text), std::string::npos) << fault(); }

  TemporaryDirectory directory_;
  std::vector<std::string> paths_;
  std::vector<IssuancePlace> places_;
  std::vector<Lines> lines_;
};

TEST_F(IssuanceFilesTest, TheChainGoesOnFromFileToFile) {
  EXPECT_EQ(issuance_paths(directory_.file("")), paths_);
  const auto report = check_issuance_files(paths_, places_, {});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->fault, "");
  EXPECT_EQ(report->first, 1U);
  EXPECT_EQ(report->last, 6U);
  EXPECT_EQ(report->files, 2U);
}

TEST_F(IssuanceFilesTest, FilesThatWereTakenElsewhereAreNoFault) {
  paths_.erase(paths_.begin());
  EXPECT_EQ(fault(), "");
}

TEST_F(IssuanceFilesTest, AnAlteredTokenIsNamed) {
  Lines altered = lines_[1];
  altered[1].replace(altered[1].find("c21"), 3, "c99");
  write_lines(paths_[1], altered);
  expect_fault(paths_[1] + ": line 2 was altered");
}

TEST_F(IssuanceFilesTest, ARemovedTokenIsNamed) {
  Lines cut = lines_[0];
  cut.erase(cut.begin() + 1);
  write_lines(paths_[0], cut);
  expect_fault(paths_[0] + ": line 2 is number 3: number 2 is missing");
}

TEST_F(IssuanceFilesTest, MovedTokensAreNamed) {
  Lines moved = lines_[0];
  std::swap(moved[1], moved[2]);
  write_lines(paths_[0], moved);
  expect_fault(paths_[0] + ": line 2 is number 3");
}

TEST_F(IssuanceFilesTest, AFileThatIsMissingBetweenOthersIsNamed) {
  std::filesystem::remove(paths_[1]);
  paths_.pop_back();
  places_.push_back({"issuance-00000003.jsonl", 9, kHash});
  expect_fault("issuance-00000003.jsonl: the audit log knows of line 9, and the files end at 3");
}

TEST_F(IssuanceFilesTest, AnEndThatWasCutIsKnownFromTheAuditLog) {
  Lines cut = lines_[1];
  cut.pop_back();
  write_lines(paths_[1], cut);
  expect_fault("the audit log knows of line 6, and the files end at 5");
}

TEST_F(IssuanceFilesTest, AFileThatWasMadeAnewIsKnownFromTheAuditLog) {
  LineChain chain(*LineChain::hash_of(lines_[0].back()));
  Lines forged;
  for (int number = 4; number <= 6; ++number) {
    std::string line = R"({"n":)" + std::to_string(number) + R"(,"client_id":"forged")";
    chain.close_line(line, 0);
    forged.push_back(line.substr(0, line.size() - 1));
  }
  write_lines(paths_[1], forged);
  expect_fault("number 6 is not the line that the audit log knows");
}

TEST_F(IssuanceFilesTest, ADamagedFirstLineIsNamed) {
  Lines other = lines_[0];
  other[0] = "something else";
  write_lines(paths_[0], other);
  expect_fault("line 1 is damaged");
}

TEST(IssuancePlaces, ALogThatBeganAnewForgetsWhatWasBefore) {
  const auto place = [](const char* what, int64_t line) {
    return JsonValue(JsonValue::Object{
        {"what", JsonValue(std::string(what))},
        {"after", JsonValue(JsonValue::Object{{"file", JsonValue(std::string("f"))}, {"line", JsonValue(line)}})}});
  };
  IssuancePlaces places;
  places.take(place("issuance-log.end", 7));
  places.take(place("issuance-log.begin", 1));
  EXPECT_TRUE(places.places().empty());
  places.take(place("issuance-log.end", 3));
  ASSERT_EQ(places.places().size(), 1U);
  EXPECT_EQ(places.places()[0].line, 3U);
}

TEST_F(IssuanceFilesTest, TheTailShowsTheLastOnesAndWhatComes) {
  IssuanceTail tail(directory_.file(""), {});
  const auto last = tail.last(2);
  ASSERT_EQ(last.size(), 2U);
  EXPECT_EQ(text_of(last[0], "subject"), "c21");
  EXPECT_EQ(text_of(last[1], "line"), "6");
  EXPECT_TRUE(tail.more().empty());
  std::ofstream(paths_[1], std::ios::app) << R"({"n":7,"time_ms":1,"tenant":"t","client_id":"new","chain":"x"})";
  EXPECT_TRUE(tail.more().empty()) << "not a whole line yet";
  std::ofstream(paths_[1], std::ios::app) << "\n";
  const auto more = tail.more();
  ASSERT_EQ(more.size(), 1U);
  EXPECT_EQ(text_of(more[0], "subject"), "new");
}

TEST_F(IssuanceFilesTest, TheTailShowsWhatIsAskedForAlone) {
  EXPECT_EQ(IssuanceTail(directory_.file(""), {.subject = "c12"}).last(100).size(), 1U);
  EXPECT_EQ(IssuanceTail(directory_.file(""), {.tenant = "acme"}).last(100).size(), 0U);
  EXPECT_EQ(IssuanceTail(directory_.file(""), {.what = "token."}).last(100).size(), 4U);
  EXPECT_EQ(IssuanceTail(directory_.file(""), {.what = "key."}).last(100).size(), 0U);
  EXPECT_EQ(IssuanceTail(directory_.file("absent"), {}).last(100).size(), 0U);
}

TEST(Durations, AreANumberAndAUnit) {
  EXPECT_EQ(parse_duration("90d"), 90 * 86'400);
  EXPECT_EQ(parse_duration("12h"), 12 * 3600);
  EXPECT_EQ(parse_duration("30m"), 1800);
  EXPECT_EQ(parse_duration("0s"), 0);
  for (const std::string_view text :
       {"", "d", "90", "-1d", "1.5d", "1 d", "1w", "d90", "99999999999999999999d", "40000d"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

}  // namespace
}  // namespace signet::ctl
