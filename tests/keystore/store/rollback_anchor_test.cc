// The second mark: a whole older directory is noticed too.
#include "keystore/store/mark.h"
#include "tests/keystore/store/store_fixture.h"

namespace signet::store {
namespace {

namespace fs = std::filesystem;
using Error = StoreOpenError;

class RollbackAnchorTest : public StoreTest {
 protected:
  std::string anchor() const { return directory_.path() + "/anchor"; }
  std::string copy() const { return directory_.path() + "/copy"; }
  void SetUp() override { options_.rollback_anchor = anchor(); }
  void close() {
    store_->close();
    store_.reset();
  }
  void commit(const std::string& id) { ASSERT_TRUE(add_client(*store_, client_of(id))); }
  // An older copy of the whole of DATA, and a store that went on since.
  void make_older_copy() {
    open();
    commit("before");
    close();
    fs::copy(data(), copy(), fs::copy_options::recursive);
    open();
    commit("after");
    close();
  }
  void put_older_copy_back() {
    fs::remove_all(data());
    fs::copy(copy(), data(), fs::copy_options::recursive);
  }
};

TEST_F(RollbackAnchorTest, IsMadeAndFollowsEveryCommit) {
  open();
  EXPECT_TRUE(store_->status().anchored);
  commit("c");
  const uint64_t acknowledged = store_->status().commit;
  close();
  const auto mark = Mark::open(anchor());
  ASSERT_TRUE(mark);
  EXPECT_GE((*mark)->value().commit, acknowledged);
  EXPECT_EQ((*mark)->value().chain_hash, (*Mark::open(mark_path()))->value().chain_hash);
  open();
}

TEST_F(RollbackAnchorTest, AWholeOlderDirectoryIsRefused) {
  make_older_copy();
  put_older_copy_back();
  EXPECT_EQ(open_error(), Error::kAnchor);
  EXPECT_EQ(open_error(), Error::kAnchor) << "and again: a refusal changes nothing";
}

TEST_F(RollbackAnchorTest, WithoutOneAWholeOlderDirectoryIsNotNoticed) {
  options_.rollback_anchor.clear();
  make_older_copy();
  put_older_copy_back();
  open();
  EXPECT_FALSE(store_->status().anchored);
}

TEST_F(RollbackAnchorTest, AnOlderDirectoryThatWentAnotherWayIsRefused) {
  make_older_copy();
  put_older_copy_back();
  options_.rollback_anchor.clear();
  open();
  for (int i = 0; i < 8; ++i) commit("other" + std::to_string(i));
  close();
  options_.rollback_anchor = anchor();
  EXPECT_EQ(open_error(), Error::kAnchor);
}

TEST_F(RollbackAnchorTest, MissingAlthoughThereWasOneIsRefused) {
  open();
  commit("c");
  close();
  fs::remove(anchor());
  EXPECT_EQ(open_error(), Error::kAnchor);
  EXPECT_FALSE(fs::exists(anchor()));
}

TEST_F(RollbackAnchorTest, AStartWithoutItForgetsThatThereWasOne) {
  open();
  commit("c");
  close();
  fs::remove(anchor());
  options_.rollback_anchor.clear();
  open();
  commit("d");
  close();
  options_.rollback_anchor = anchor();
  open();
  EXPECT_TRUE(fs::exists(anchor()));
}

TEST_F(RollbackAnchorTest, ThatOfAnotherStoreIsRefused) {
  open();
  close();
  options_.path = directory_.path() + "/other";
  EXPECT_EQ(open_error(), Error::kAnchor);
}

TEST_F(RollbackAnchorTest, ADamagedOneIsRefused) {
  open();
  commit("c");
  close();
  fs::resize_file(anchor(), 100);
  EXPECT_EQ(open_error(), Error::kAnchor);
}

TEST_F(RollbackAnchorTest, OneBehindTheStoreIsWhatAKillLeaves) {
  open();
  commit("c");
  close();
  fs::copy_file(anchor(), directory_.path() + "/earlier");
  open();
  commit("d");
  close();
  fs::copy_file(directory_.path() + "/earlier", anchor(), fs::copy_options::overwrite_existing);
  open();
  commit("e");
  const uint64_t acknowledged = store_->status().commit;
  close();
  EXPECT_GE((*Mark::open(anchor()))->value().commit, acknowledged);
}

TEST_F(RollbackAnchorTest, APlaceWhereNoneCanBeMadeIsRefused) {
  options_.rollback_anchor = directory_.path() + "/nowhere/anchor";
  EXPECT_EQ(open_error(), Error::kIo);
}

}  // namespace
}  // namespace signet::store
