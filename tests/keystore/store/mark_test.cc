#include "keystore/store/mark.h"

#include <sys/stat.h>

#include "tests/keystore/store/store_fixture.h"

namespace signet::store {
namespace {

class MarkTest : public testing::Test {
 protected:
  MarkTest() : path_(directory_.path() + "/mark") {}
  void create() {
    ASSERT_TRUE(Mark::create(path_, {.store_id = {1, 2, 3, 4, 5, 6, 7, 8}, .commit = 1, .chain_hash = hash(1)}));
  }
  static Sha256Digest hash(uint8_t fill) {
    Sha256Digest digest;
    digest.fill(fill);
    return digest;
  }
  void flip(size_t offset) {
    std::string bytes = read_file(path_);
    bytes.at(offset) = static_cast<char>(bytes.at(offset) ^ 1);
    write_file(path_, bytes);
  }
  MarkError open_error() {
    const auto mark = Mark::open(path_);
    EXPECT_FALSE(mark.has_value());
    return mark ? MarkError{} : mark.error();
  }
  TemporaryDirectory directory_;
  const std::string path_;
};

TEST_F(MarkTest, ReadsBackTheLastOfManyWrites) {
  create();
  for (uint64_t commit = 2; commit < 9; ++commit) {
    const auto mark = Mark::open(path_);
    ASSERT_TRUE(mark);
    EXPECT_EQ((*mark)->value().commit, commit - 1);
    ASSERT_TRUE((*mark)->write(commit, hash(static_cast<uint8_t>(commit))));
    EXPECT_TRUE((*mark)->dirty());
    ASSERT_TRUE((*mark)->sync());
    EXPECT_FALSE((*mark)->dirty());
  }
  const auto mark = Mark::open(path_);
  EXPECT_EQ((*mark)->value().commit, 8U);
  EXPECT_EQ((*mark)->value().chain_hash, hash(8));
}

TEST_F(MarkTest, IsPrivate) {
  create();
  struct stat status{};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(MarkTest, FallsBackToTheOtherSlotWhenTheNewerIsTorn) {
  create();
  {
    const auto mark = Mark::open(path_);
    ASSERT_TRUE((*mark)->write(2, hash(2)));
    ASSERT_TRUE((*mark)->write(3, hash(3)));
  }
  const std::string whole = read_file(path_);
  // Whichever slot holds the newer: damage in any octet of it must never be taken for a value.
  for (const size_t slot : {size_t{0}, Mark::kSlotSpacing}) {
    for (size_t octet = 0; octet < Mark::kSlotSize; ++octet) {
      write_file(path_, whole);
      flip(slot + octet);
      const auto mark = Mark::open(path_);
      ASSERT_TRUE(mark) << slot << '+' << octet;
      EXPECT_GE((*mark)->value().commit, 2U);
      EXPECT_EQ((*mark)->value().chain_hash, hash(static_cast<uint8_t>((*mark)->value().commit)));
    }
  }
}

TEST_F(MarkTest, OverwritesTheTornSlotNext) {
  create();
  {
    const auto mark = Mark::open(path_);
    ASSERT_TRUE((*mark)->write(2, hash(2)));
  }
  flip(read_file(path_)[Mark::kSlotSpacing + 23] == 2 ? Mark::kSlotSpacing : 0);
  {
    const auto mark = Mark::open(path_);
    ASSERT_EQ((*mark)->value().commit, 1U);
    ASSERT_TRUE((*mark)->write(3, hash(3)));
  }
  const auto mark = Mark::open(path_);
  EXPECT_EQ((*mark)->value().commit, 3U);
}

TEST_F(MarkTest, RefusesWhenBothSlotsAreDamaged) {
  create();
  flip(10);
  flip(Mark::kSlotSpacing + 10);
  EXPECT_EQ(open_error(), MarkError::kDamaged);
}

TEST_F(MarkTest, RefusesSlotsOfTwoStores) {
  create();
  const std::string mine = read_file(path_);
  std::filesystem::remove(path_);
  ASSERT_TRUE(Mark::create(path_, {.store_id = {9}, .commit = 7, .chain_hash = hash(7)}));
  std::string mixed = read_file(path_);
  mixed.replace(0, Mark::kSlotSize, mine, 0, Mark::kSlotSize);
  write_file(path_, mixed);
  EXPECT_EQ(open_error(), MarkError::kDamaged);
}

TEST_F(MarkTest, RefusesAnotherSize) {
  create();
  const std::string whole = read_file(path_);
  for (const std::string& bytes :
       {std::string(), whole.substr(0, 64), whole.substr(0, whole.size() - 1), whole + '\0', whole + whole}) {
    write_file(path_, bytes);
    EXPECT_EQ(open_error(), MarkError::kDamaged) << bytes.size();
  }
}

TEST_F(MarkTest, RefusesAFileOfZeros) {
  write_file(path_, std::string(Mark::kSlotSpacing + Mark::kSlotSize, '\0'));
  EXPECT_EQ(open_error(), MarkError::kDamaged);
}

TEST_F(MarkTest, RefusesASymbolicLink) {
  create();
  const std::string link = directory_.path() + "/link";
  std::filesystem::create_symlink(path_, link);
  EXPECT_FALSE(Mark::open(link));
}

TEST_F(MarkTest, DoesNotOverwriteAnExistingMark) {
  create();
  EXPECT_FALSE(Mark::create(path_, {.commit = 9}));
  EXPECT_EQ((*Mark::open(path_))->value().commit, 1U);
}

TEST_F(MarkTest, SaysWhenThereIsNone) { EXPECT_EQ(open_error(), MarkError::kMissing); }

}  // namespace
}  // namespace signet::store
