// The audit log as it is read, exported and pruned; and the records of issued tokens in it.
#include <array>
#include <semaphore>

#include "keystore/store/audit_row_view.h"
#include "keystore/store/database.h"
#include "keystore/store/keys.h"
#include "keystore/store/records.h"
#include "tests/keystore/store/store_fixture.h"

namespace signet::store {
namespace {

class TestBatch final : public IssuanceBatch {
 public:
  explicit TestBatch(std::string text) {
    lines = std::move(text);
    count = static_cast<uint32_t>(std::ranges::count(lines, '\n'));
  }
  void completed() override { done_.release(); }
  bool wait() {
    done_.acquire();
    return recorded;
  }

 private:
  std::binary_semaphore done_{0};
};

std::string line_of(const std::string& client, const std::string& jti) {
  return R"({"time_ms":1764182841123,"tenant":"default","client_id":")" + client + R"(","jti":")" + jti +
         R"(","kid":"k1","endpoint":"token","exp":1764183741,"scope":"a"})" + "\n";
}

class AuditLogTest : public StoreTest {
 protected:
  std::expected<AuditPage, StoreError> read(AuditRange range = {}) {
    return wait<AuditPage>([&](auto done) { store_->read_audit(range, done); });
  }
  AuditPage page(AuditRange range = {}) {
    auto read_page = read(std::move(range));
    EXPECT_TRUE(read_page) << read_page.error().text;
    return read_page.value_or(AuditPage{});
  }
  void add_records(int count) {
    for (int i = 0; i < count; ++i)
      ASSERT_TRUE(append_audit(*store_, "note", R"({"number":)" + std::to_string(i) + "}"));
  }
  auto note_export(uint64_t last, const Sha256Digest& hash) {
    return wait<void>([&](auto done) {
      store_->note_audit_export(actor(), {.last = last, .hash = hash, .detail_json = "{}"}, done);
    });
  }
  auto prune(uint64_t last, bool without_export = false) {
    return wait<uint64_t>(
        [&](auto done) { store_->prune_audit(actor(), {.last = last, .without_export = without_export}, done); });
  }
  Sha256Digest hash_of(uint64_t sequence) { return page({.after = sequence - 1, .records_max = 1}).records.at(0).hash; }

  // Writes into the closed store past the committer, and opens it again.
  void tamper(const std::function<void(Database&, Batch&)>& how) {
    store_->close();
    store_.reset();
    auto database = Database::open({.path = data() + "/store"});
    ASSERT_TRUE(database) << database.error().text;
    {
      Batch batch(**database);
      how(**database, batch);
      ASSERT_TRUE((*database)->write(batch));
    }
    database->reset();
    open();
  }
  static std::string key(uint64_t sequence) { return row_key(kNoTenant, sequence); }
  static std::string value(Database& database, uint64_t sequence) {
    return (*database.get(Family::kAudit, key(sequence))).value_or("");
  }
  // What both ways to read the log say of it.
  void expect_fault(uint64_t sequence, std::string_view text) {
    for (const bool check_only : {true, false}) {
      const AuditPage found = page({.check_only = check_only});
      ASSERT_TRUE(found.fault) << check_only;
      EXPECT_EQ(found.fault->sequence, sequence);
      EXPECT_NE(found.fault->text.find(text), std::string::npos) << found.fault->text;
      EXPECT_EQ(found.checked_to, sequence - 1);
    }
  }
};

TEST_F(AuditLogTest, TokensIssuedTogetherShareARowAndAreShownOneByOne) {
  open();
  TestBatch batch(line_of("one", "j1") + line_of("two", "j2"));
  store_->record_issuance(batch);
  ASSERT_TRUE(batch.wait());
  const AuditPage found = page();
  ASSERT_EQ(found.records.size(), 2U);
  EXPECT_EQ(found.end, 1U);
  EXPECT_EQ(found.records[0].sequence, 1U);
  EXPECT_EQ(found.records[1].sequence, 1U);
  EXPECT_EQ(found.records[0].token, 1U);
  EXPECT_EQ(found.records[1].token, 2U);
  EXPECT_EQ(found.records[1].subject, "two");
  EXPECT_EQ(found.records[1].what, "token.issued");
  EXPECT_EQ(found.records[1].tenant_name, "default");
  EXPECT_EQ(found.records[1].time_ms, 1764182841123);
  EXPECT_EQ(found.records[1].after + "\n", line_of("two", "j2"));
}

TEST_F(AuditLogTest, TokensAreFoundByKindClientAndTenant) {
  open();
  add_records(1);
  TestBatch batch(line_of("one", "j1") + line_of("two", "j2"));
  store_->record_issuance(batch);
  ASSERT_TRUE(batch.wait());
  EXPECT_EQ(page({.what = "token."}).records.size(), 2U);
  EXPECT_EQ(page({.what = "token.issued"}).records.size(), 2U);
  EXPECT_EQ(page({.what = "token.issue"}).records.size(), 0U);
  EXPECT_EQ(page({.what = "note"}).records.size(), 1U);
  EXPECT_EQ(page({.subject = "two"}).records.size(), 1U);
  EXPECT_EQ(page({.what = "token.", .tenant = 0, .tenant_name = "default"}).records.size(), 2U);
  EXPECT_EQ(page({.what = "token.", .tenant = 1, .tenant_name = "acme"}).records.size(), 0U);
}

TEST_F(AuditLogTest, ARecordOfTokensIsDurableBeforeItIsTold) {
  open();
  const uint64_t before = store_->status().commit;
  TestBatch batch(line_of("one", "j1"));
  store_->record_issuance(batch);
  ASSERT_TRUE(batch.wait());
  EXPECT_EQ(store_->status().commit, before + 1);
  reopen();
  EXPECT_EQ(page().records.size(), 1U);
}

TEST_F(AuditLogTest, AClosedStoreRecordsNothing) {
  open();
  store_->close();
  TestBatch batch(line_of("one", "j1"));
  store_->record_issuance(batch);
  EXPECT_FALSE(batch.wait());
}

TEST_F(AuditLogTest, AnAlteredRecordIsNamed) {
  open();
  add_records(4);
  tamper([](Database& database, Batch& batch) {
    std::string row = value(database, 3);
    row[row.find("number") + 8] = '9';
    batch.put(Family::kAudit, key(3), row);
  });
  expect_fault(3, "was altered");
}

TEST_F(AuditLogTest, AnAlteredTokenIsNamedByItsRow) {
  open();
  add_records(1);
  TestBatch batch(line_of("one", "j1") + line_of("two", "j2"));
  store_->record_issuance(batch);
  ASSERT_TRUE(batch.wait());
  tamper([](Database& database, Batch& write) {
    std::string row = value(database, 2);
    row[row.find("two")] = 'T';
    write.put(Family::kAudit, key(2), row);
  });
  expect_fault(2, "was altered");
}

TEST_F(AuditLogTest, ARemovedRecordIsNamed) {
  open();
  add_records(4);
  tamper([](Database&, Batch& batch) { batch.erase(Family::kAudit, key(2)); });
  expect_fault(2, "is missing: the next one that is there is 3");
}

TEST_F(AuditLogTest, ARemovedEndIsNamed) {
  open();
  add_records(4);
  tamper([](Database&, Batch& batch) {
    batch.erase(Family::kAudit, key(3));
    batch.erase(Family::kAudit, key(4));
  });
  expect_fault(3, "and all behind it: the store knows of 4");
}

TEST_F(AuditLogTest, MovedRecordsAreNamed) {
  open();
  add_records(4);
  tamper([](Database& database, Batch& batch) {
    const std::string second = value(database, 2);
    batch.put(Family::kAudit, key(2), value(database, 3));
    batch.put(Family::kAudit, key(3), second);
  });
  expect_fault(2, "is in the place of another: it says of itself that it is number 3");
}

TEST_F(AuditLogTest, AnUnreadableRecordIsNamed) {
  open();
  add_records(3);
  tamper([](Database&, Batch& batch) { batch.put(Family::kAudit, key(2), "\x0a\xffnothing"); });
  expect_fault(2, "cannot be read");
}

// An older or newer program may write the same fields in another way; the hash is over what it wrote.
TEST_F(AuditLogTest, ARowThatIsWrittenInAnotherWayIsReadByTheLibrary) {
  open();
  add_records(3);
  tamper([](Database& database, Batch& batch) {
    const std::string row = value(database, 2);
    const auto view = view_audit_row(row);
    ASSERT_TRUE(view);
    std::string other;  // the hash first
    other += "\x12\x20";
    other += view->hash;
    records::AuditRow record;
    record.set_record(std::string(view->record));
    other += record.SerializeAsString();
    ASSERT_FALSE(view_audit_row(other));
    batch.put(Family::kAudit, key(2), other);
  });
  EXPECT_FALSE(page({.check_only = true}).fault);
  EXPECT_EQ(page().records.size(), 3U);
}

TEST_F(AuditLogTest, NothingIsPrunedThatIsNotExported) {
  open();
  add_records(4);
  EXPECT_REFUSED(prune(2), StoreErrorKind::kInvalid);
  ASSERT_TRUE(note_export(2, hash_of(2)));
  EXPECT_REFUSED(prune(3), StoreErrorKind::kInvalid);
  EXPECT_EQ(page().base, 0U);
  EXPECT_EQ(prune(2), 2U);
  EXPECT_EQ(page().base, 2U);
}

TEST_F(AuditLogTest, AnExportThatIsNotOfThisStoreIsRefused) {
  open();
  add_records(2);
  EXPECT_REFUSED(note_export(2, hash_of(1)), StoreErrorKind::kInvalid);
  EXPECT_REFUSED(note_export(3, hash_of(1)), StoreErrorKind::kNotFound);
  EXPECT_REFUSED(note_export(0, {}), StoreErrorKind::kNotFound);
  EXPECT_EQ(page().exported, 0U);
}

TEST_F(AuditLogTest, NothingIsPrunedBeyondTheEnd) {
  open();
  add_records(2);
  EXPECT_REFUSED(prune(9, true), StoreErrorKind::kNotFound);
  EXPECT_EQ(page().records.size(), 2U);
}

TEST_F(AuditLogTest, WhatIsLeftFollowsFromTheLastOneDropped) {
  open();
  add_records(5);
  const Sha256Digest third = hash_of(3);
  ASSERT_TRUE(note_export(3, third));  // record 6
  EXPECT_EQ(prune(3), 3U);             // record 7
  for (int start = 0; start < 2; ++start) {
    const AuditPage found = page();
    EXPECT_FALSE(found.fault) << found.fault->text;
    EXPECT_EQ(found.base, 3U);
    EXPECT_EQ(found.base_hash, third);
    ASSERT_EQ(found.records.size(), 4U);
    EXPECT_EQ(found.records[0].sequence, 4U);
    EXPECT_EQ(found.records[2].what, "audit.export");
    EXPECT_EQ(found.records[3].what, "audit.prune");
    EXPECT_EQ(found.records[3].after, R"({"first":1,"last":3,"exported":true})");
    EXPECT_FALSE(page({.check_only = true}).fault);
    EXPECT_EQ(page({.last = 100}).records.size(), 4U);
    EXPECT_EQ(page({.after = 1}).records.size(), 4U);
    reopen();
  }
}

TEST_F(AuditLogTest, AfterAPruningAlterationsAreStillNamed) {
  open();
  add_records(5);
  EXPECT_EQ(prune(3, true), 3U);
  tamper([](Database& database, Batch& batch) {
    std::string row = value(database, 4);
    row[row.find("number") + 8] = '9';
    batch.put(Family::kAudit, key(4), row);
  });
  expect_fault(4, "was altered");
}

TEST_F(AuditLogTest, AFrontThatIsMissingWithoutAPruningIsNamed) {
  open();
  add_records(5);
  EXPECT_EQ(prune(2, true), 2U);
  tamper([](Database&, Batch& batch) { batch.erase(Family::kAudit, key(3)); });
  expect_fault(3, "is missing");
}

TEST_F(AuditLogTest, PruningTwiceDropsNothingTheSecondTime) {
  open();
  add_records(3);
  EXPECT_EQ(prune(2, true), 2U);
  const uint64_t end = page().end;
  EXPECT_EQ(prune(2, true), 0U);
  EXPECT_EQ(prune(1, true), 0U);
  EXPECT_EQ(page().end, end) << "what changed nothing is no record";
}

TEST_F(AuditLogTest, ALossThatWasAcceptedIsOnRecord) {
  open();
  add_records(3);
  EXPECT_EQ(prune(2, true), 2U);
  EXPECT_EQ(page({.what = "audit.prune"}).records.at(0).after, R"({"first":1,"last":2,"exported":false})");
}

TEST_F(AuditLogTest, AViewOfARowIsOnlyOfWhatProgramsWriteSoFar) {
  open();
  add_records(1);
  std::string row;
  tamper([&](Database& database, Batch&) { row = value(database, 1); });
  const auto view = view_audit_row(row);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->sequence, 1U);
  EXPECT_EQ(audit_what(view->record), "note");
  for (size_t size = 0; size < row.size(); ++size) EXPECT_FALSE(view_audit_row(row.substr(0, size))) << size;
  EXPECT_FALSE(view_audit_row(row + '\0'));
  EXPECT_FALSE(view_audit_row(std::string(12, '\xff')));
  EXPECT_EQ(audit_what(""), "");
  EXPECT_EQ(audit_what("\x42\x7f"), "");
  EXPECT_EQ(audit_what(std::string(12, '\xff')), "");
}

}  // namespace
}  // namespace signet::store
