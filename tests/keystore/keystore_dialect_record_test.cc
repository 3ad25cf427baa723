// Secret records of dialects through the keystore: sealed on the disk, open in locked memory, withdrawn like clients.
#include <atomic>
#include <thread>

#include "keystore/key_cells.h"
#include "keystore/store/database.h"
#include "keystore/store/dialect_record_rows.h"
#include "tests/keystore/keystore_fixture.h"

namespace signet {
namespace {

using enum DialectRecordKind;
using Revisions = std::vector<uint64_t>;

class KeystoreDialectRecordTest : public KeystoreFixture {
 protected:
  static DialectRecordChange put(std::string id, std::string value, DialectRecordKind kind = kDataforConfiguration) {
    return {.kind = kind, .id = std::move(id), .value = std::move(value)};
  }
  std::expected<Revisions, StoreError> change(std::vector<DialectRecordChange> changes) {
    return await<Revisions>([&](auto done) {
      keystore_->change_dialect_records(kActor, changes, {.what = "datafor.configure", .subject = "x"}, done);
    });
  }
  std::string value(std::string_view id, uint32_t tenant = 0) const {
    const DialectConfiguration* found = keystore_->dialect_configurations().find(tenant, id);
    return found == nullptr ? "" : std::string(as_text(found->value()));
  }
  // Changes the closed store's row.
  void rewrite(const std::string& from, const std::string& to, const std::function<void(DialectRecord&)>& edit) {
    keystore_.reset();
    auto database = store::Database::open({.path = (data() / "store").string()});
    ASSERT_TRUE(database);
    const std::string key = store::dialect_record_key(0, kDataforConfiguration, from);
    const auto row = (*database)->get(store::Family::kDialectRecords, key);
    ASSERT_TRUE(row && *row);
    DialectRecord record = *store::decode_dialect_record(key, **row);
    edit(record);
    store::Batch batch(**database);
    batch.put(store::Family::kDialectRecords, store::dialect_record_key(0, kDataforConfiguration, to),
              store::encode_dialect_record(record));
    ASSERT_TRUE((*database)->write(batch));
  }
};

TEST_F(KeystoreDialectRecordTest, AreResidentAndOverARestart) {
  open(true);
  EXPECT_EQ(keystore_->dialect_configurations().find(0, "ERP"), nullptr);
  const auto revisions = change({put("ERP", "secret-1"), put("CRM", ""), put("plain", "open", kVcloudDevice)});
  ASSERT_TRUE(revisions.has_value()) << revisions.error().text;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(value("ERP"), "secret-1");
    ASSERT_NE(keystore_->dialect_configurations().find(0, "CRM"), nullptr);
    EXPECT_EQ(keystore_->dialect_configurations().find(0, "ERP")->revision, revisions->front());
    EXPECT_EQ(keystore_->dialect_configurations().of_tenant(0).size(), 2u);
    for (const char* other : {"", "ER", "ERPX", "erp", "plain"}) {
      EXPECT_EQ(keystore_->dialect_configurations().find(0, other), nullptr) << other;
    }
    EXPECT_EQ(keystore_->dialect_configurations().find(1, "ERP"), nullptr);
    reopen();
  }
  ASSERT_TRUE(change({put("ERP", "secret-2")}).has_value());
  EXPECT_EQ(value("ERP"), "secret-2");
  DialectRecordChange gone = put("ERP", "");
  gone.value.reset();
  ASSERT_TRUE(change({gone}).has_value());
  EXPECT_EQ(keystore_->dialect_configurations().find(0, "ERP"), nullptr);
  reopen();
  EXPECT_EQ(keystore_->dialect_configurations().of_tenant(0).size(), 1u);
}

TEST_F(KeystoreDialectRecordTest, AreNotOnTheDiskInTheOpen) {
  open(true);
  ASSERT_TRUE(change({put("ERP", "MarkerThatMustNotShow"), put("d", "OpenText", kVcloudDevice)}).has_value());
  const auto stored = await<std::optional<DialectRecord>>(
      [&](auto done) { keystore_->store().get_dialect_record(0, kDataforConfiguration, "ERP", done); });
  EXPECT_EQ((*stored)->value.size(), 21 + kDialectRecordSealSize);
  keystore_.reset();
  bool open_text = false;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data())) {
    if (!entry.is_regular_file()) continue;
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    EXPECT_EQ(text.str().find("MarkerThatMustNotShow"), std::string::npos) << entry.path();
    open_text |= text.str().find("OpenText") != std::string::npos;
  }
  EXPECT_TRUE(open_text) << "the test looks in the wrong place";
}

TEST_F(KeystoreDialectRecordTest, ACellThatWasAlteredOrMovedIsNamedAndNothingOpens) {
  open(true);
  ASSERT_TRUE(change({put("ERP", "secret")}).has_value());
  rewrite("ERP", "OTHER", [](DialectRecord& record) { record.id = "OTHER"; });
  EXPECT_NE(refusal_of_content().find("configuration OTHER of tenant 0"), std::string::npos);
  std::filesystem::remove_all(data());
  open(true);
  ASSERT_TRUE(change({put("ERP", "secret")}).has_value());
  rewrite("ERP", "ERP", [](DialectRecord& record) { record.value.back() ^= 1; });
  EXPECT_NE(refusal_of_content().find("configuration ERP of tenant 0"), std::string::npos);
  rewrite("ERP", "ERP", [](DialectRecord& record) { record.value.resize(3); });
  EXPECT_NE(refusal_of_content().find("configuration ERP of tenant 0"), std::string::npos);
}

TEST_F(KeystoreDialectRecordTest, AChangeIsAnsweredAfterEveryReaderPassedAndAnAdditionAtOnce) {
  open(true);
  auto* reader = keystore_->domain().register_reader([] {});
  ASSERT_TRUE(change({put("ERP", "one")}).has_value()) << "an addition waited for a reader";
  const DialectConfiguration* held = keystore_->dialect_configurations().find(0, "ERP");
  std::atomic<bool> answered{false};
  keystore_->change_dialect_records(kActor, {put("ERP", "two")}, {.what = "x"}, [&](const auto& done) {
    EXPECT_TRUE(done.has_value());
    answered = true;
  });
  while (value("ERP") != "two") std::this_thread::sleep_for(std::chrono::milliseconds(1));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_FALSE(answered) << "answered while a worker may still use the old one";
  EXPECT_EQ(as_text(held->value()), "one");
  while (!answered) {
    reader->pass();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  keystore_->domain().unregister_reader(reader);
}

TEST_F(KeystoreDialectRecordTest, EndWithTheirTenant) {
  open(true);
  const auto tenant = await<TenantRow>([&](auto done) { keystore_->store().add_tenant(kActor, "acme", done); });
  DialectRecordChange theirs = put("ERP", "theirs");
  theirs.tenant = tenant->number;
  ASSERT_TRUE(change({theirs}).has_value());
  ASSERT_TRUE(change({put("ERP", "ours")}).has_value());
  EXPECT_EQ(value("ERP", tenant->number), "theirs");
  ASSERT_TRUE(await<void>([&](auto done) { keystore_->store().remove_tenant(kActor, "acme", true, done); }));
  EXPECT_EQ(keystore_->dialect_configurations().find(tenant->number, "ERP"), nullptr);
  EXPECT_EQ(value("ERP"), "ours");
}

TEST_F(KeystoreDialectRecordTest, RefusesWhatCannotBeSealedOrIsNotExpected) {
  open(true);
  const auto large = change({put("fine", "1"), put("ERP", std::string(kDialectRecordValueSizeMax + 1, 'x'))});
  EXPECT_EQ(large.error().kind, StoreErrorKind::kInvalid);
  EXPECT_EQ(large.error().entry, 1u);
  EXPECT_EQ(keystore_->dialect_configurations().find(0, "fine"), nullptr);
  ASSERT_TRUE(change({put("ERP", std::string(kDialectRecordValueSizeMax, 'x'))}).has_value());
  DialectRecordChange again = put("ERP", "2");
  again.expected = DialectRecordState::absent();
  EXPECT_EQ(change({again}).error().kind, StoreErrorKind::kConflict);
  EXPECT_EQ(value("ERP").size(), kDialectRecordValueSizeMax) << "a refused change was published";
  DialectRecordChange expiring = put("E", "2");
  expiring.expires_at = 4'000'000'000;
  EXPECT_EQ(change({expiring}).error().kind, StoreErrorKind::kInvalid);
  DialectRecordChange forged = put("d", "open", kVcloudDevice);
  forged.sealed = true;
  EXPECT_TRUE(change({forged}).has_value()) << "what is sealed is decided by the kind";
}

}  // namespace
}  // namespace signet
