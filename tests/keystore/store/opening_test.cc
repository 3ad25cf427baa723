#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keystore/store/database.h"
#include "keystore/store/keys.h"
#include "keystore/store/mark.h"
#include "keystore/store/records.h"
#include "tests/keystore/store/store_fixture.h"

namespace signet::store {
namespace {

namespace fs = std::filesystem;
using Error = StoreOpenError;

class OpeningTest : public StoreTest {
 protected:
  void put_directory(const std::string& from, const std::string& to) {
    fs::remove_all(to);
    fs::copy(from, to, fs::copy_options::recursive);
  }
  // Names, sizes and contents of everything below DATA.
  std::map<std::string, std::string> everything() {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(data())) {
      files[entry.path()] = entry.is_regular_file() ? read_file(entry.path()) : "";
    }
    return files;
  }
  void close() {
    store_->close();
    store_.reset();
  }
  // Refused for `kind`, with every file as it was.
  void expect_refused_unchanged(Error kind) {
    const auto before = everything();
    EXPECT_EQ(open_error(), kind);
    EXPECT_EQ(everything(), before) << "a refusal changes nothing";
  }
};

TEST_F(OpeningTest, RefusesWhenNothingIsThereAndNothingMayBeMade) {
  options_.create = false;
  EXPECT_EQ(open_error(), Error::kNotFound);
  fs::create_directory(data());
  expect_refused_unchanged(Error::kNotFound);
}

TEST_F(OpeningTest, MakesDirectoriesForItselfAlone) {
  options_.path = data() + "/";
  open();
  for (const std::string& path : {data(), data() + "/store"}) {
    struct stat status{};
    ASSERT_EQ(stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700U) << path;
  }
}

TEST_F(OpeningTest, RefusesASecondUser) {
  open();
  Loaded other;
  const auto second = open_rocks_store_with(options_, other, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, Error::kInUse);
  EXPECT_TRUE(add_client(*store_, client_of("c1"))) << "the first one goes on";
}

TEST_F(OpeningTest, RefusesASecondProcess) {
  open();
  const pid_t child = fork();
  if (child == 0) {
    Loaded other;
    const auto second = open_rocks_store_with(options_, other, {});
    _exit(!second && second.error().kind == Error::kInUse ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(OpeningTest, RefusesAStoreThatWasRolledBack) {
  open();
  ASSERT_TRUE(add_client(*store_, client_of("c1")));
  close();
  put_directory(data() + "/store", directory_.path() + "/old");
  open();
  ASSERT_TRUE(remove_client(*store_, "c1"));
  close();
  put_directory(directory_.path() + "/old", data() + "/store");
  expect_refused_unchanged(Error::kBehindMark);
}

TEST_F(OpeningTest, RefusesAStoreWhoseLogLostItsEnd) {
  open();
  ASSERT_TRUE(add_client(*store_, client_of("c1")));
  ASSERT_TRUE(add_client(*store_, client_of("c2")));
  close();
  for (const auto& entry : fs::directory_iterator(data() + "/store")) {
    if (entry.path().extension() == ".log" && entry.file_size() > 0) {
      fs::resize_file(entry.path(), entry.file_size() - 20);
    }
  }
  expect_refused_unchanged(Error::kBehindMark);
}

TEST_F(OpeningTest, RefusesALogDamagedInTheMiddle) {
  open();
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(add_client(*store_, client_of("c" + std::to_string(i))));
  close();
  for (const auto& entry : fs::directory_iterator(data() + "/store")) {
    if (entry.path().extension() != ".log" || entry.file_size() == 0) continue;
    std::string bytes = read_file(entry.path());
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    write_file(entry.path(), bytes);
  }
  expect_refused_unchanged(Error::kDamaged);
}

TEST_F(OpeningTest, RefusesAnotherStoreBesideTheMark) {
  open();
  close();
  fs::rename(data(), directory_.path() + "/first");
  open();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(add_client(*store_, client_of("c" + std::to_string(i))));
  close();
  fs::copy_file(directory_.path() + "/first/mark", mark_path(), fs::copy_options::overwrite_existing);
  expect_refused_unchanged(Error::kBehindMark);
}

// Two futures of one store: the same id and an equally high commit, but not the same commits.
TEST_F(OpeningTest, RefusesAStoreThatTookAnotherWayThanItsMark) {
  open();
  close();
  put_directory(data(), directory_.path() + "/other");
  open();
  ASSERT_TRUE(add_client(*store_, client_of("here")));
  close();
  fs::rename(data(), directory_.path() + "/first");
  fs::rename(directory_.path() + "/other", data());
  open();
  ASSERT_TRUE(add_client(*store_, client_of("there")));
  ASSERT_TRUE(add_client(*store_, client_of("further")));
  close();
  fs::copy_file(directory_.path() + "/first/mark", mark_path(), fs::copy_options::overwrite_existing);
  expect_refused_unchanged(Error::kBehindMark);
}

TEST_F(OpeningTest, RefusesADamagedOrMissingMark) {
  open();
  close();
  const std::string mark = read_file(mark_path());
  write_file(mark_path(), std::string(mark.size(), 'x'));
  expect_refused_unchanged(Error::kMarkDamaged);
  write_file(mark_path(), "");
  expect_refused_unchanged(Error::kMarkDamaged);
  fs::remove(mark_path());
  expect_refused_unchanged(Error::kMarkMissing);
  write_file(mark_path(), mark);
  open();
}

TEST_F(OpeningTest, OpensAStoreThatIsAheadOfItsMark) {
  open();
  const std::string early = read_file(mark_path());
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(add_client(*store_, client_of("c" + std::to_string(i))));
  close();
  write_file(mark_path(), early);  // what a power cut leaves: the store is synced, the mark not yet
  open();
  EXPECT_EQ(loaded_->clients.size(), 30U);
}

TEST_F(OpeningTest, RefusesWhenTheStoreIsGoneButItsMarkIsNot) {
  open();
  close();
  fs::remove_all(data() + "/store");
  expect_refused_unchanged(Error::kBehindMark);
}

TEST_F(OpeningTest, FinishesACreationThatWasCutShort) {
  open();
  close();
  // Between the mark and the renaming: nothing was acknowledged.
  {
    options_.path = directory_.path() + "/fresh";
    fs::create_directory(options_.path);
    fs::create_directory(options_.path + "/store.new");
    const auto mark = Mark::create(options_.path + "/mark", {.commit = 1});
    ASSERT_TRUE(mark);
  }
  open();
  EXPECT_FALSE(fs::exists(options_.path + "/store.new"));
  EXPECT_TRUE(add_client(*store_, client_of("c1")));
}

TEST_F(OpeningTest, RefusesAnotherVault) {
  open();
  close();
  options_.vault_id = {3, 2, 1};
  expect_refused_unchanged(Error::kOtherVault);
}

TEST_F(OpeningTest, RefusesAnotherVersion) {
  open();
  close();
  {
    auto database = Database::open({.path = data() + "/store"});
    ASSERT_TRUE(database);
    const std::string key = row_key(kNoTenant, kVersionName);
    records::VersionRow row;
    ASSERT_TRUE(row.ParseFromString(**(*database)->get(Family::kMeta, key)));
    row.set_format(row.format() + 1);
    Batch batch(**database);
    batch.put(Family::kMeta, key, row.SerializeAsString());
    ASSERT_TRUE((*database)->write(batch));
  }
  expect_refused_unchanged(Error::kOtherVersion);
}

TEST_F(OpeningTest, RefusesARecordThatCannotBeRead) {
  open();
  ASSERT_TRUE(add_client(*store_, client_of("c1")));
  close();
  {
    auto database = Database::open({.path = data() + "/store"});
    ASSERT_TRUE(database);
    Batch batch(**database);
    batch.put(Family::kClients, row_key(0, "c1"), "\xff\xff\xff");
    ASSERT_TRUE((*database)->write(batch));
  }
  EXPECT_EQ(open_error(), Error::kDamaged);
}

TEST_F(OpeningTest, RefusesAStoreWithAMissingFile) {
  open();
  close();
  fs::remove(data() + "/store/CURRENT");
  EXPECT_EQ(open_error(), Error::kDamaged);
}

TEST_F(OpeningTest, RefusesAnEmptyStoreDirectory) {
  open();
  close();
  fs::remove_all(data() + "/store");
  fs::create_directory(data() + "/store");
  expect_refused_unchanged(Error::kDamaged);
}

TEST_F(OpeningTest, RefusesADirectoryThatCannotBeMade) {
  options_.path = "/proc/no/such";
  const auto opened = try_open();
  EXPECT_FALSE(opened);
}

}  // namespace
}  // namespace signet::store
