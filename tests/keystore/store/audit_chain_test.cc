#include "keystore/store/audit_chain.h"

#include <algorithm>

#include "keystore/store/database.h"
#include "keystore/store/records.h"
#include "protocol/base/bytes.h"
#include "tests/keystore/store/store_fixture.h"

namespace signet::store {
namespace {

class AuditTest : public StoreTest {
 protected:
  // Closes the store and reads the rows of the audit family.
  std::vector<std::string> rows() {
    store_->close();
    auto database = Database::open({.path = data() + "/store"});
    std::vector<std::string> values;
    EXPECT_TRUE(database);
    EXPECT_TRUE((*database)->scan(Family::kAudit, {}, {}, [&](auto, auto value) {
      values.emplace_back(value);
      return true;
    }));
    return values;
  }
  static records::AuditRecord record_of(const std::string& value) {
    records::AuditRow row;
    records::AuditRecord record;
    EXPECT_TRUE(row.ParseFromString(value) && record.ParseFromString(row.record()));
    return record;
  }
  static bool chained(const std::vector<std::string>& values) {
    AuditChainCheck slow, fast;
    AuditRecord record;
    std::string issued;
    const bool follows = std::ranges::all_of(values, [&](const auto& value) {
      return slow.next(value, record, issued) == AuditChainCheck::Verdict::kFollows;
    });
    // The two ways to follow it agree.
    EXPECT_EQ(std::ranges::all_of(values, [&](const auto& value) { return fast.follow(value).has_value(); }), follows);
    EXPECT_TRUE(!follows || fast.hash() == slow.hash());
    return follows;
  }
};

TEST_F(AuditTest, RecordsEveryAdministrativeChange) {
  open();
  ASSERT_TRUE(add_tenant(*store_, "acme"));
  ASSERT_TRUE(add_client(*store_, client_of("c1")));
  ASSERT_TRUE(update_client(*store_, "c1", {.flags_set = kClientDisabled, .what = "client.disable"}));
  ASSERT_TRUE(update_client(*store_, "c1", {.ttl_s = 5}));
  ASSERT_TRUE(remove_client(*store_, "c1"));
  ASSERT_TRUE(add_key(*store_, key_of("k1")));
  ASSERT_TRUE(put_secret(*store_, {.family = "pepper", .version = 1, .sealed = {1}}));
  ASSERT_TRUE(import_chunk(*store_, {.import_id = "aa", .clients = {client_of("i1"), client_of("i2")}}));
  ASSERT_TRUE(append_audit(*store_, "key.export-secret", R"({"kid":"k1"})"));
  ASSERT_TRUE(accept_clock(*store_));
  ASSERT_TRUE(remove_tenant(*store_, "acme", false));
  const auto values = rows();
  std::vector<std::string> what;
  for (const auto& value : values) what.push_back(record_of(value).what());
  EXPECT_EQ(what, (std::vector<std::string>{"tenant.add", "client.add", "client.disable", "client.update",
                                            "client.remove", "key.add", "secret.put", "client.import",
                                            "key.export-secret", "clock.accept", "tenant.remove"}));
  EXPECT_TRUE(chained(values));
  const auto add = record_of(values[1]);
  EXPECT_EQ(add.uid(), 1000U);
  EXPECT_EQ(add.pid(), 42U);
  EXPECT_EQ(add.via(), "test");
  EXPECT_EQ(add.subject(), "c1");
  EXPECT_TRUE(add.before().empty());
  EXPECT_NE(add.after().find(R"("scope":"a.read a.write")"), std::string::npos);
  const auto import = record_of(values[7]);
  EXPECT_NE(import.after().find(R"("added":{"0":["i1","i2"]})"), std::string::npos) << import.after();
}

TEST_F(AuditTest, RecordsNeitherRefusalsNorReads) {
  open();
  ASSERT_TRUE(add_client(*store_, client_of("c1")));
  EXPECT_FALSE(add_client(*store_, client_of("c1")));
  ASSERT_TRUE(barrier(*store_));
  ASSERT_TRUE(put_last_used(*store_, {}));
  const auto values = rows();
  EXPECT_EQ(values.size(), 1U);
  EXPECT_TRUE(chained(values));
}

TEST_F(AuditTest, HoldsNoSecretAndNoHashOfOne) {
  open();
  ASSERT_TRUE(add_client(*store_, client_of("c1")));
  ASSERT_TRUE(update_client(*store_, "c1", {.secrets = std::vector{secret_of('M')}}));
  KeyRow key = key_of("k1");
  const std::string cell(40, 'S');
  key.sealed_private.assign(cell.begin(), cell.end());
  ASSERT_TRUE(add_key(*store_, key));
  ASSERT_TRUE(put_secret(*store_, {.family = "pepper", .version = 1, .sealed = key.sealed_private}));
  ASSERT_TRUE(import_chunk(*store_, {.import_id = "aa", .clients = {client_of("i1")}}));
  for (const auto& value : rows()) {
    EXPECT_EQ(value.find(std::string(32, '\x07')), std::string::npos);
    EXPECT_EQ(value.find(std::string(8, 'M')), std::string::npos);
    EXPECT_EQ(value.find(std::string(8, 'S')), std::string::npos);
  }
}

TEST_F(AuditTest, GoesOnWithTheChainOverARestart) {
  open();
  ASSERT_TRUE(add_client(*store_, client_of("c1")));
  reopen();
  ASSERT_TRUE(add_client(*store_, client_of("c2")));
  const auto values = rows();
  EXPECT_EQ(values.size(), 2U);
  EXPECT_TRUE(chained(values));
}

TEST_F(AuditTest, ShowsARecordAlteredTakenOutOrMoved) {
  open();
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(append_audit(*store_, "note", std::to_string(i)));
  const auto values = rows();
  ASSERT_TRUE(chained(values));
  auto cut = values;
  cut.erase(cut.begin() + 1);
  EXPECT_FALSE(chained(cut));
  auto moved = values;
  std::swap(moved[1], moved[2]);
  EXPECT_FALSE(chained(moved));
  for (size_t octet = 0; octet < values[2].size(); ++octet) {
    auto altered = values;
    altered[2][octet] = static_cast<char>(altered[2][octet] ^ 1);
    EXPECT_FALSE(chained(altered)) << octet;
  }
}

TEST_F(AuditTest, EncodesWhatPeopleNameAsJson) {
  open();
  Client client = client_of("c1");
  client.scope = "a\"b\n{}";
  ASSERT_TRUE(add_client(*store_, client));
  EXPECT_NE(record_of(rows().at(0)).after().find(R"("scope":"a\"b\n{}")"), std::string::npos);
}

TEST_F(AuditTest, RefusesARecordThatSaysNothing) {
  open();
  EXPECT_REFUSED(append_audit(*store_, "", "{}"), StoreErrorKind::kInvalid);
}

}  // namespace
}  // namespace signet::store
