// Records of dialects: compare and set, all or none, seen at once, and gone when they expired.
#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "keystore/store/commit_state.h"
#include "keystore/store/database.h"
#include "keystore/store/dialect_record_rows.h"
#include "keystore/store/keys.h"
#include "tests/keystore/store/fake_clock.h"
#include "tests/keystore/store/store_fixture.h"

namespace signet::store {
namespace {

using Kind = StoreErrorKind;
using State = DialectRecordState;
using enum DialectRecordKind;
using Revisions = std::vector<uint64_t>;

class DialectRecordTest : public StoreTest {
 protected:
  void SetUp() override {
    seams_.clock = &clock_;
    open();
  }
  static DialectRecordChange put(std::string id, std::string value, State expected = State::any(),
                                 DialectRecordKind kind = kVcloudRegistration) {
    return {.kind = kind, .id = std::move(id), .value = std::move(value), .expected = expected};
  }
  static DialectRecordChange erase(std::string id, State expected = State::any()) {
    return {.kind = kVcloudRegistration, .id = std::move(id), .expected = expected};
  }
  std::expected<Revisions, StoreError> change(std::vector<DialectRecordChange> changes,
                                              std::optional<AuditActor> actor = std::nullopt) {
    return wait<Revisions>([&](auto done) {
      store_->change_dialect_records(actor, changes, {.what = "vcloud.register", .subject = "alice"}, done);
    });
  }
  std::expected<std::optional<DialectRecord>, StoreError> get(const std::string& id,
                                                              DialectRecordKind kind = kVcloudRegistration,
                                                              uint32_t tenant = 0) {
    return wait<std::optional<DialectRecord>>([&](auto done) { store_->get_dialect_record(tenant, kind, id, done); });
  }
  // "" when there is none.
  std::string value(const std::string& id) {
    const auto record = get(id);
    return record && *record ? (*record)->value : "";
  }
  std::expected<DialectRecordPage, StoreError> list(std::string after = "", size_t limit = 100,
                                                    DialectRecordKind kind = kVcloudRegistration) {
    return wait<DialectRecordPage>(
        [&](auto done) { store_->list_dialect_records({.kind = kind, .after = after, .limit = limit}, done); });
  }
  FakeClock clock_;
};

TEST_F(DialectRecordTest, AreReadAsTheyWerePutAndOverARestart) {
  const std::string octets("\0\xFF{}", 4);
  const auto revisions = change({put("a", octets), put("b", ""), put("a", "other kind", State::any(), kVcloudDevice)});
  ASSERT_TRUE(revisions) << revisions.error().text;
  ASSERT_EQ(revisions->size(), 3u);
  EXPECT_TRUE((*revisions)[0] < (*revisions)[1] && (*revisions)[1] < (*revisions)[2]);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(*get("a"),
              (DialectRecord{.kind = kVcloudRegistration, .id = "a", .value = octets, .revision = (*revisions)[0]}));
    EXPECT_EQ((*get("b"))->value, "");
    EXPECT_EQ((*get("a", kVcloudDevice))->value, "other kind");
    EXPECT_EQ(*get("c"), std::nullopt);
    EXPECT_EQ(*get("a", kVcloudRegistration, 1), std::nullopt) << "another tenant's";
    reopen();
  }
}

TEST_F(DialectRecordTest, AChangeNeedsTheStateThatItExpects) {
  EXPECT_REFUSED(change({put("a", "1", State::at(1))}), Kind::kConflict);
  const uint64_t first = change({put("a", "1", State::absent())})->front();
  EXPECT_REFUSED(change({put("a", "2", State::absent())}), Kind::kConflict);
  EXPECT_REFUSED(change({put("a", "2", State::at(first + 1))}), Kind::kConflict);
  EXPECT_REFUSED(change({put("a", "2", State::at(0))}), Kind::kConflict);
  EXPECT_EQ(value("a"), "1");
  const uint64_t second = change({put("a", "2", State::at(first))})->front();
  EXPECT_GT(second, first);
  EXPECT_REFUSED(change({put("a", "3", State::at(first))}), Kind::kConflict);
  EXPECT_REFUSED(change({erase("a", State::at(first))}), Kind::kConflict);
  EXPECT_REFUSED(change({erase("a", State::absent())}), Kind::kConflict);
  EXPECT_EQ(change({erase("a", State::at(second))}), Revisions{0});
  EXPECT_EQ(*get("a"), std::nullopt);
  EXPECT_EQ(change({erase("a")}), Revisions{0}) << "what is not there may be erased";
  EXPECT_REFUSED(change({erase("a", State::at(second))}), Kind::kConflict);
  EXPECT_GT(change({put("a", "4", State::absent())})->front(), second) << "a revision came again";
}

TEST_F(DialectRecordTest, AllOfThemHappenOrNone) {
  const uint64_t first = change({put("a", "1"), put("b", "1")})->front();
  const auto commit = store_->status().commit;
  const auto refused = change({put("a", "2", State::at(first)), put("c", "2"), put("b", "2", State::absent())});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Kind::kConflict);
  EXPECT_EQ(refused.error().entry, 2u) << "which one";
  EXPECT_NE(refused.error().text.find("record b"), std::string::npos) << refused.error().text;
  EXPECT_EQ(value("a"), "1");
  EXPECT_EQ(value("b"), "1");
  EXPECT_EQ(*get("c"), std::nullopt);
  EXPECT_EQ(store_->status().commit, commit);
  ASSERT_TRUE(change({put("a", "2", State::at(first)), erase("b"), put("c", "2", State::absent())}));
  EXPECT_EQ(value("a") + value("b") + value("c"), "22");
  EXPECT_EQ(store_->status().commit, commit + 1);
}

TEST_F(DialectRecordTest, OfManyWhoExpectTheSameStateOneWins) {
  const uint64_t first = change({put("a", "0")})->front();
  std::atomic<int> won{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&, i] { won += change({put("a", std::to_string(i + 1), State::at(first))}) ? 1 : 0; });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
}

TEST_F(DialectRecordTest, RefusesWhatIsOutOfItsBounds) {
  const auto refused = [&](const auto& edit) {
    DialectRecordChange bad = put("a", "1");
    edit(bad);
    const auto result = change({put("fine", "1"), bad});
    EXPECT_TRUE(!result && result.error().entry == 1);
    return result ? Kind::kBusy : result.error().kind;
  };
  for (const std::string& id : {std::string(), std::string(129, 'a'), std::string("a b"), std::string("a\n"),
                                std::string("a\0b", 3), std::string("\xC3\xA4")}) {
    EXPECT_EQ(refused([&](auto& c) { c.id = id; }), Kind::kInvalid) << id;
  }
  EXPECT_EQ(refused([](auto& c) { c.value->assign(kDialectRecordValueSizeMax + 1, 'x'); }), Kind::kInvalid);
  EXPECT_EQ(refused([](auto& c) { c.kind = {}; }), Kind::kInvalid);
  EXPECT_EQ(refused([](auto& c) { c.kind = static_cast<DialectRecordKind>(6); }), Kind::kInvalid);
  EXPECT_EQ(refused([&](auto& c) { c.expires_at = clock_.wall / 1000; }), Kind::kInvalid);
  EXPECT_EQ(refused([](auto& c) { c.expires_at = -1; }), Kind::kInvalid);
  EXPECT_EQ(refused([](auto& c) { c.tenant = 7; }), Kind::kInvalid) << "of another tenant than the first";
  EXPECT_EQ(refused([](auto& c) { c.sealed = true; }), Kind::kInvalid);
  EXPECT_EQ(refused([](auto& c) { c.kind = kDataforConfiguration; }), Kind::kInvalid) << "a secret that is not sealed";
  EXPECT_REFUSED(change({}), Kind::kInvalid);
  EXPECT_REFUSED(change(std::vector(kDialectRecordChangesMax + 1, put("a", "1"))), Kind::kInvalid);
  DialectRecordChange stray = put("a", "1");
  stray.tenant = 7;
  EXPECT_REFUSED(change({stray}), Kind::kNotFound);
  EXPECT_EQ(*get("fine"), std::nullopt);
  ASSERT_TRUE(change({put(std::string(128, '~'), std::string(kDialectRecordValueSizeMax, '\xFF'))}));
  EXPECT_EQ(value(std::string(128, '~')).size(), kDialectRecordValueSizeMax);
}

TEST_F(DialectRecordTest, PagesShowEachOnceInTheOrderOfTheirIds) {
  std::vector<DialectRecordChange> changes;
  for (int i = 0; i < 50; ++i) changes.push_back(put(fmt::format("id{:02}", i), "v"));
  ASSERT_TRUE(change(changes));
  ASSERT_TRUE(change({put("id99", "another kind", State::any(), kVcloudDevice)}));
  for (const size_t limit : {size_t{1}, size_t{7}, size_t{25}, size_t{50}, size_t{500}}) {
    std::vector<std::string> seen;
    std::string after;
    do {
      const auto page = list(after, limit);
      ASSERT_TRUE(page);
      ASSERT_LE(page->records.size(), limit);
      for (const auto& record : page->records) seen.push_back(record.id);
      after = page->next;
    } while (!after.empty());
    ASSERT_EQ(seen.size(), 50u) << limit;
    EXPECT_TRUE(std::ranges::is_sorted(seen));
  }
  EXPECT_EQ(list("id49")->records.size(), 0u);
  EXPECT_EQ(list("id4")->records.size(), 10u) << "an id that is the beginning of others";
  EXPECT_REFUSED(list("", 0), Kind::kInvalid);
  EXPECT_REFUSED(list("", 501), Kind::kInvalid);
}

TEST_F(DialectRecordTest, OneThatExpiredIsThereNoMore) {
  DialectRecordChange device = put("device", "pending");
  device.expires_at = clock_.wall / 1000 + 600;
  const uint64_t revision = change({device, put("stays", "v")})->front();
  clock_.pass(599'000);
  EXPECT_EQ(value("device"), "pending");
  clock_.pass(1000);
  EXPECT_EQ(*get("device"), std::nullopt);
  EXPECT_EQ(list()->records.size(), 1u);
  device.expires_at = clock_.wall / 1000 + 600;
  device.expected = State::at(revision);
  EXPECT_REFUSED(change({device}), Kind::kConflict);
  device.expected = State::absent();
  EXPECT_TRUE(change({device})) << "its place is free";
}

TEST_F(DialectRecordTest, ExpiredRowsLeaveByTheSafeTimeAlone) {
  const auto rows_left = [&] {
    store_->close();
    size_t rows = 0;
    {
      const auto database = Database::open({.path = data() + "/store"});
      EXPECT_TRUE(database);
      const auto state = decode_state(**(*database)->get(Family::kMeta, row_key(kNoTenant, kStateName)));
      (*database)->set_expiry_time(state->time.safe_ms);
      EXPECT_TRUE((*database)->compact(Family::kDialectRecords));
      EXPECT_TRUE((*database)->scan(Family::kDialectRecords, {}, {}, [&](auto, auto) { return ++rows, true; }));
    }
    open();
    return rows;
  };
  DialectRecordChange device = put("device", "pending");
  device.expires_at = clock_.wall / 1000 + 600;
  ASSERT_TRUE(change({device, put("stays", "v")}));
  EXPECT_EQ(rows_left(), 2u);
  clock_.jump(400 * 24 * kHourMs);  // a wrong clock erases nothing
  EXPECT_EQ(rows_left(), 2u);
  clock_.jump(-400 * 24 * kHourMs);
  clock_.pass(700'000);
  ASSERT_TRUE(change({put("stays", "w")}));  // persists the time
  EXPECT_EQ(rows_left(), 1u);
  EXPECT_EQ(value("stays"), "w");
}

TEST_F(DialectRecordTest, ATenantIsRemovedWithThemWhenForced) {
  const auto tenant = add_tenant(*store_, "acme");
  DialectRecordChange theirs = put("a", "1");
  theirs.tenant = tenant->number;
  ASSERT_TRUE(change({theirs}));
  ASSERT_TRUE(change({put("a", "ours")}));
  EXPECT_REFUSED(remove_tenant(*store_, "acme", false), Kind::kConflict);
  ASSERT_TRUE(remove_tenant(*store_, "acme", true));
  EXPECT_EQ(*get("a", kVcloudRegistration, tenant->number), std::nullopt);
  EXPECT_EQ(value("a"), "ours");
  EXPECT_REFUSED(change({theirs}), Kind::kNotFound);
}

TEST_F(DialectRecordTest, AnExpiredOneDoesNotHoldItsTenant) {
  const auto tenant = add_tenant(*store_, "acme");
  DialectRecordChange theirs = put("a", "1");
  theirs.tenant = tenant->number;
  theirs.expires_at = clock_.wall / 1000 + 60;
  ASSERT_TRUE(change({theirs}));
  clock_.pass(61'000);
  EXPECT_TRUE(remove_tenant(*store_, "acme", false));
}

TEST_F(DialectRecordTest, AreAuditedWithoutTheirValuesWhenThereIsAnActor) {
  ASSERT_TRUE(change({put("silent", "marker-1")}));
  const auto revisions = change({put("a", "marker-2"), erase("silent")}, actor());
  ASSERT_TRUE(revisions);
  EXPECT_REFUSED(
      wait<Revisions>([&](auto done) { store_->change_dialect_records(actor(), {put("b", "x")}, {}, done); }),
      Kind::kInvalid);
  store_->close();
  const auto database = Database::open({.path = data() + "/store"});
  std::string records;
  size_t count = 0;
  ASSERT_TRUE((*database)->scan(Family::kAudit, {}, {}, [&](auto, auto value) {
    records.append(value);
    return ++count, true;
  }));
  EXPECT_EQ(count, 1u);
  EXPECT_NE(records.find("vcloud.register"), std::string::npos);
  EXPECT_NE(records.find("alice"), std::string::npos);
  EXPECT_NE(records.find(fmt::format(R"({{"kind":1,"id":"a","revision":{}}})", revisions->front())), std::string::npos);
  EXPECT_EQ(records.find("marker"), std::string::npos);
}

TEST_F(DialectRecordTest, OfResidentKindsThereAreAThousandAtMost) {
  const auto cell = [](int number) {
    DialectRecordChange change = put(std::to_string(number), "cell", State::any(), kDataforConfiguration);
    change.sealed = true;
    return change;
  };
  std::vector<DialectRecordChange> some;
  for (int i = 0; i < 1000; ++i) {
    some.push_back(cell(i));
    if (some.size() == 50) {
      ASSERT_TRUE(change(some));
      some.clear();
    }
  }
  EXPECT_REFUSED(change({cell(1000)}), Kind::kInvalid);
  EXPECT_TRUE(change({cell(7)})) << "one that is there already";
  DialectRecordChange gone = cell(7);
  gone.value.reset();
  ASSERT_TRUE(change({gone}));
  EXPECT_TRUE(change({cell(1000)}));
  EXPECT_EQ(listener_.changes.size(), 1003u) << "workers are told of these, and of no others";
}

TEST_F(DialectRecordTest, AfterItsEndTheStoreRefuses) {
  store_->close();
  EXPECT_REFUSED(change({put("a", "1")}), Kind::kUnavailable);
  EXPECT_REFUSED(get("a"), Kind::kUnavailable);
  EXPECT_REFUSED(list(), Kind::kUnavailable);
}

TEST(DialectRecordRow, ADamagedOneIsNothing) {
  const DialectRecord record{.tenant = 3, .kind = kVcloudDevice, .id = "a", .value = "v", .revision = 5};
  const std::string key = dialect_record_key(3, kVcloudDevice, "a");
  const std::string good = encode_dialect_record(record);
  EXPECT_EQ(decode_dialect_record(key, good), record);
  EXPECT_FALSE(decode_dialect_record(key, "\xFF\xFF"));
  EXPECT_FALSE(decode_dialect_record(key.substr(0, 5), good));
  EXPECT_FALSE(decode_dialect_record(key.substr(0, 3), good));
  EXPECT_FALSE(decode_dialect_record(dialect_record_key(3, DialectRecordKind{9}, "a"), good));
  EXPECT_FALSE(decode_dialect_record(key, encode_dialect_record({.revision = 0}))) << "no commit wrote it";
  EXPECT_FALSE(decode_dialect_record(key, encode_dialect_record({.revision = 1, .expires_at = -1})));
  EXPECT_FALSE(dialect_record_expired("\xFF\xFF", 2'000'000'000)) << "kept";
  EXPECT_FALSE(dialect_record_expired(good, 2'000'000'000));
  EXPECT_TRUE(dialect_record_expired(encode_dialect_record({.revision = 1, .expires_at = 5}), 6));
  EXPECT_FALSE(dialect_record_expired(encode_dialect_record({.revision = 1, .expires_at = 5}), 5));
}

}  // namespace
}  // namespace signet::store
