// The proof of key prove over made-up logs: what is sound passes, and each lie is named.
#include "tools/ctl/prove/key_proof.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/base/time_text.h"
#include "tools/ctl/json_text.h"

namespace signet::ctl {
namespace {

constexpr int64_t kStart = 1'800'000'000;
constexpr KeyRules kRules{.lead_min_s = 900, .reload_s = 60, .skew_s = 60};
constexpr int64_t kLead = 1020;
constexpr int64_t kTail = 960;

struct Key {
  std::string kid = "k1", alg = "EdDSA", dialect;
  int64_t status = 0, created_at = 0, activated_at = 0, retiring_at = 0, retired_at = 0, exported_at = 0;
  int64_t max_age = 300, lifetime = 900;

  std::string json(const std::string& more = "") const {
    if (status == 0) return "null";
    return fmt::format(R"({{"alg":"{}","status":{},"audience":"{}","dialect":"{}","created_at":{},"activated_at":{},)"
                       R"("retiring_at":{},"retired_at":{},"exported_at":{},"max_age":{},"lifetime":{}{}}})",
                       alg, status, alg.starts_with("HS") && dialect.empty() ? "urn:rs" : "", dialect, created_at,
                       activated_at, retiring_at, retired_at, exported_at, max_age, lifetime, more);
  }
};

struct Record {
  int64_t at;
  std::string what;
  Key before, after;
  std::string more;
  int commit = 0;
};

Key added(const std::string& kid, int64_t at, int64_t status) {
  Key key{.kid = kid, .status = status, .created_at = at};
  if (status == 2) key.activated_at = at;
  return key;
}
Key activated(Key key, int64_t at) {
  key.status = 2;
  key.activated_at = at;
  return key;
}
Key stopped(Key key, int64_t at) {
  key.status = 3;
  key.retiring_at = at;
  return key;
}
Key retired(Key key, int64_t at) {
  key.status = 4;
  key.retired_at = at;
  return key;
}

// k1 signs from the start; k2 is published, takes over with its lead, and k1 retires with its tail.
std::vector<Record> rotation() {
  const int64_t published = kStart + 10'000, over = published + kLead, end = over + kTail;
  const Key k1 = added("k1", kStart, 2), k2 = added("k2", published, 1);
  return {{kStart, "key.add", {}, k1, "", 1},
          {published, "key.add", {}, k2, "", 2},
          {over, "key.stop", k1, stopped(k1, over), "", 3},
          {over, "key.activate", k2, activated(k2, over), "", 3},
          {end, "key.retire", stopped(k1, over), retired(stopped(k1, over), end), "", 4}};
}

KeyProof replay(const std::vector<Record>& records, int64_t begin = 0) {
  KeyProof proof(kRules);
  if (begin != 0) proof.begin_at(begin);
  int sequence = 0;
  for (const Record& record : records) {
    const std::string text =
        fmt::format(R"({{"sequence":{},"commit":{},"time_ms":{},"tenant":"default","what":"{}","subject":"{}",)"
                    R"("before":{},"after":{}}})",
                    ++sequence, record.commit, record.at * 1000 + 7, record.what, record.after.kid,
                    record.before.json(), record.after.json(record.more));
    const auto value = read_answer(text);
    EXPECT_TRUE(value.has_value()) << text;
    if (value) proof.take(*value);
  }
  return proof;
}

void expect_fault(const std::vector<Record>& records, const std::string& wanted) {
  const KeyProof proof = replay(records);
  const auto& faults = proof.faults();
  const bool named = std::ranges::any_of(faults, [&](const auto& text) { return text.find(wanted) != text.npos; });
  EXPECT_TRUE(named) << "wanted: " << wanted << "\nfirst: " << (faults.empty() ? "none" : faults.front());
}

TEST(KeyProof, ARotationByTheRulesHolds) {
  const KeyProof proof = replay(rotation());
  EXPECT_TRUE(proof.faults().empty()) << proof.faults().front();
  EXPECT_TRUE(proof.gaps().empty());
  ASSERT_EQ(proof.moments().size(), 5u);
  EXPECT_EQ(proof.moments()[1].published, (std::vector<std::string>{"k1", "k2"}));
  EXPECT_EQ(proof.moments()[1].signing, std::vector<std::string>{"k1 (EdDSA)"});
  EXPECT_EQ(proof.moments()[3].signing, std::vector<std::string>{"k2 (EdDSA)"});
  EXPECT_EQ(proof.moments()[4].published, std::vector<std::string>{"k2"});
}

TEST(KeyProof, BehindAPruningKeysAreTakenAsTheirFirstRecordFoundThem) {
  auto records = rotation();
  records.erase(records.begin(), records.begin() + 2);  // both publications
  EXPECT_FALSE(replay(records).faults().empty());
  const KeyProof proof = replay(records, records.front().at);
  EXPECT_TRUE(proof.faults().empty()) << proof.faults().front();
}

TEST(KeyProof, BehindAPruningAMissingPublicationIsStillNamed) {
  auto records = rotation();
  const int64_t begin = records[1].at - 1;
  records.erase(records.begin(), records.begin() + 2);  // the second is of after the pruning
  const KeyProof proof = replay(records, begin);
  ASSERT_FALSE(proof.faults().empty());
  EXPECT_NE(proof.faults().front().find("k2"), std::string::npos) << proof.faults().front();
}

TEST(KeyProof, BehindAPruningAnEarlyActivationIsStillNamed) {
  auto records = rotation();
  const int64_t early = records[2].at - 1;
  records[2].at = records[3].at = early;
  records[3].after.activated_at = early;
  records[2].after.retiring_at = early;
  records.erase(records.begin(), records.begin() + 2);
  records.pop_back();
  const KeyProof proof = replay(records, records.front().at);
  ASSERT_EQ(proof.faults().size(), 1u);
  EXPECT_NE(proof.faults().front().find("was activated early"), std::string::npos) << proof.faults().front();
}

TEST(KeyProof, BehindAPruningAKeyThatWasLeftAloneIsNoFault) {
  const auto key = [](int64_t created_at) {
    return *read_answer(
        fmt::format(R"({{"kid":"k9","tenant":"default","status":"active","created_at":"{}"}})", rfc3339(created_at)));
  };
  KeyProof pruned(kRules);
  pruned.begin_at(kStart);
  pruned.compare(key(kStart - 1));
  EXPECT_TRUE(pruned.faults().empty());
  pruned.compare(key(kStart + 1));
  EXPECT_EQ(pruned.faults().size(), 1u);
  KeyProof whole(kRules);
  whole.compare(key(kStart - 1));
  EXPECT_EQ(whole.faults().size(), 1u);
}

TEST(KeyProof, NamesAnEarlyActivation) {
  auto records = rotation();
  const int64_t early = kStart + 10'000 + kLead - 1;
  records[2] = {early, "key.stop", records[2].before, stopped(records[2].before, early), "", 3};
  records[3] = {early, "key.activate", records[3].before, activated(records[3].before, early), "", 3};
  records[4].before = records[2].after;
  expect_fault(records, "record 4: key k2 was activated early");
}

TEST(KeyProof, NamesAMissingPublication) {
  auto records = rotation();
  records.erase(records.begin() + 1);
  expect_fault(records, "record 3: key.activate of key k2, whose publication is missing");
}

TEST(KeyProof, NamesAnAlteredTimeOfPublication) {
  auto records = rotation();
  records[1].after.created_at -= 500;  // as if it had been published before it was
  records[3].before.created_at -= 500;
  records[3].after.created_at -= 500;
  expect_fault(records, "record 2: key k2 is said to be published since");
}

TEST(KeyProof, NamesAnAlteredTimeOfActivation) {
  auto records = rotation();
  records[3].after.activated_at += 30;
  expect_fault(records, "record 4: key k2 is said to sign since");
}

TEST(KeyProof, NamesATimeThatOnlyALaterRecordTellsOtherwise) {
  auto records = rotation();
  records[3].before.created_at -= 500;
  records[3].after.created_at -= 500;
  expect_fault(records, "record 4: key k2 was published at");
}

TEST(KeyProof, NamesAnEarlyRetirement) {
  auto records = rotation();
  records[4] = {
      records[4].at - 1, "key.retire", records[4].before, retired(records[4].before, records[4].at - 1), "", 4};
  expect_fault(records, "record 5: key k1 was retired early");
}

TEST(KeyProof, NamesTwoKeysThatSignAtOnce) {
  auto records = rotation();
  records.erase(records.begin() + 2);
  expect_fault(records, "keys k1 and k2 sign at once for EdDSA");
}

TEST(KeyProof, NamesASecondKeyThatNeverWaited) {
  auto records = rotation();
  records.resize(3);
  records[1].after = added("k2", records[1].at, 2);
  expect_fault(records, "key k2 signed from its publication on, although it was not the first");
}

TEST(KeyProof, AClockThatWasSetBackIsAGap) {
  auto records = rotation();
  records[1].at -= 20'000;
  const KeyProof proof = replay(records);
  ASSERT_EQ(proof.gaps().size(), 1u);
  EXPECT_NE(proof.gaps()[0].find("record 2: the clock was set back"), std::string::npos) << proof.gaps()[0];
}

TEST(KeyProof, NamesPromisesThatBecameLess) {
  auto records = rotation();
  records[3].after.max_age -= 1;
  expect_fault(records, "record 4: what key k2 promised became less");
  records = rotation();
  records[2].after.lifetime = records[4].before.lifetime = records[4].after.lifetime = 60;
  expect_fault(records, "record 3: what key k1 promised became less");
}

TEST(KeyProof, NamesAKeyThatIsGoneWithoutARecord) {
  KeyProof proof = replay(rotation());
  const std::string text =
      fmt::format(R"({{"tenant":"default","kid":"k2","status":"active","created_at":"{}","activated_at":"{}"}})",
                  rfc3339(kStart + 10'000), rfc3339(kStart + 10'000 + kLead));
  proof.compare(*read_answer(text));
  proof.compare_rest({"default"});
  ASSERT_EQ(proof.faults().size(), 1u);
  EXPECT_NE(proof.faults()[0].find("key k1 of tenant default is retired in the log, and is not there now"),
            std::string::npos);
}

TEST(KeyProof, NamesAStepThatNoKeyTakes) {
  auto records = rotation();
  const Key again = activated(records[4].after, records[4].at);
  records.push_back({records[4].at, "key.activate", records[4].after, again, "", 5});
  expect_fault(records, "key k1 went from retired to active");
}

TEST(KeyProof, ALongerMaxAgeNeedsALongerLead) {
  auto records = rotation();
  for (size_t i : {1u, 3u}) records[i].after.max_age = 7200;
  records[3].before.max_age = 7200;
  expect_fault(records, "key k2 was activated early");
}

TEST(KeyProof, AnOverriddenLeadIsAGapAndNoFault) {
  auto records = rotation();
  const int64_t early = records[1].at + 5;
  records[2] = {early, "key.stop", records[2].before, stopped(records[2].before, early), "", 3};
  records[3] = {early,
                "key.activate",
                records[3].before,
                activated(records[3].before, early),
                R"(,"overridden":"before_verifiers_know")",
                3};
  records.pop_back();
  const KeyProof proof = replay(records);
  EXPECT_TRUE(proof.faults().empty()) << proof.faults().front();
  ASSERT_EQ(proof.gaps().size(), 1u);
  EXPECT_NE(proof.gaps()[0].find("key k2 was activated early"), std::string::npos);
}

TEST(KeyProof, AnHmacKeyThatNobodyWasGivenIsEarly) {
  auto records = rotation();
  records.pop_back();
  for (Record& record : records) record.before.alg = record.after.alg = "HS256";
  expect_fault(records, "key k2 was activated early");
}

TEST(KeyProof, ADialectsKeyNeedsNoLead) {
  auto records = rotation();
  records.pop_back();
  const int64_t at_once = records[1].at;
  for (size_t i : {2u, 3u}) records[i].at = at_once;
  records[2].after = stopped(records[2].before, at_once);
  records[3].after = activated(records[3].before, at_once);
  for (Record& record : records) record.before.dialect = record.after.dialect = "vietqr";
  const KeyProof proof = replay(records);
  EXPECT_TRUE(proof.faults().empty()) << proof.faults().front();
}

TEST(KeyProof, ComparesWithTheKeysAsTheyAre) {
  KeyProof proof = replay(rotation());
  const std::string text =
      fmt::format(R"({{"tenant":"default","kid":"k2","status":"active","created_at":"{}","activated_at":"{}"}})",
                  rfc3339(kStart + 10'000), rfc3339(kStart + 10'000 + kLead - 7));
  proof.compare(*read_answer(text));
  ASSERT_EQ(proof.faults().size(), 1u);
  EXPECT_NE(proof.faults()[0].find("key k2: activated_at is"), std::string::npos) << proof.faults()[0];
  proof.compare(*read_answer(R"({"tenant":"default","kid":"k9","status":"active"})"));
  EXPECT_NE(proof.faults().back().find("key k9 of tenant default is in no record"), std::string::npos);
}

}  // namespace
}  // namespace signet::ctl
