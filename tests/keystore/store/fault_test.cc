// What a broken disk may do to the store: refuse, but never lose what was acknowledged, nor keep half of an operation.
#include <rocksdb/env.h>

#include <set>
#include <thread>

#include "tests/keystore/store/store_fixture.h"
#include "tests/support/fault_file_system.h"

namespace signet::store {
namespace {

class FaultTest : public StoreTest {
 protected:
  // A store on a file system that can fail; made on a sound one first.
  void open_on_faults() {
    if (!std::filesystem::exists(data())) {
      open();
      store_->close();
      store_.reset();
    }
    faults_ = std::make_shared<FaultFileSystem>();
    env_ = rocksdb::NewCompositeEnv(faults_);
    seams_.env = env_.get();
    open();
  }
  // As after the restart of the machine, on a sound disk.
  void open_after() {
    store_->close();
    store_.reset();
    faults_->forget_unsynced();
    seams_.env = nullptr;
    open();
  }
  static ImportChunk chunk_of(uint64_t number) {
    ImportChunk chunk{.import_id = "aa", .chunk = number};
    for (int i = 0; i < 20; ++i) {
      chunk.clients.push_back(client_of("i" + std::to_string(number) + "-" + std::to_string(i)));
    }
    return chunk;
  }
  // All or nothing of each chunk, and its progress with it.
  void expect_whole_chunks() {
    std::map<std::string, int> found;
    for (const auto& [key, client] : loaded_->clients) {
      if (key.second.starts_with('i')) ++found[key.second.substr(0, key.second.find('-'))];
    }
    for (const auto& [chunk, count] : found) EXPECT_EQ(count, 20) << chunk;
    EXPECT_EQ(import_progress(*store_, "aa"), found.size());
  }
  void fail_after(int syncs, FaultFileSystem::SyncError error);

  std::shared_ptr<FaultFileSystem> faults_;
  std::unique_ptr<rocksdb::Env> env_;
};

// Adds until it is refused; then everything is refused, and everything acknowledged is there afterwards.
void FaultTest::fail_after(int syncs, FaultFileSystem::SyncError error) {
  open_on_faults();
  faults_->fail_sync(syncs, error);
  std::set<std::string> acknowledged;
  uint64_t chunk = 0;
  for (int i = 0; i < 100 && listener_.failures == 0; ++i) {
    const std::string id = "c" + std::to_string(i);
    const auto added = add_client(*store_, client_of(id));
    if (added) acknowledged.insert(id);
    if (import_chunk(*store_, chunk_of(chunk))) ++chunk;
  }
  ASSERT_EQ(listener_.failures, 1) << "told once";
  EXPECT_FALSE(listener_.failure.empty());
  EXPECT_FALSE(store_->status().writable);
  EXPECT_REFUSED(add_client(*store_, client_of("later")), StoreErrorKind::kUnavailable);
  EXPECT_REFUSED(barrier(*store_), StoreErrorKind::kUnavailable);
  open_after();
  for (const auto& id : acknowledged) EXPECT_TRUE(loaded_->clients.contains({0, id})) << id;
  EXPECT_FALSE(loaded_->clients.contains({0, "later"}));
  EXPECT_GE(import_progress(*store_, "aa").value(), chunk);
  expect_whole_chunks();
  EXPECT_TRUE(add_client(*store_, client_of("afterwards")));
}

TEST_F(FaultTest, StopsAtTheFirstFailedSync) { fail_after(1, FaultFileSystem::SyncError::kEio); }
TEST_F(FaultTest, StopsAtALaterFailedSync) { fail_after(17, FaultFileSystem::SyncError::kEio); }
TEST_F(FaultTest, StopsWhenTheDiskIsFull) { fail_after(1, FaultFileSystem::SyncError::kEnospc); }
TEST_F(FaultTest, StopsWhenTheDiskFillsLater) { fail_after(8, FaultFileSystem::SyncError::kEnospc); }

TEST_F(FaultTest, PublishesNothingThatFailed) {
  open_on_faults();
  faults_->fail_sync(1, FaultFileSystem::SyncError::kEio);
  EXPECT_REFUSED(add_client(*store_, client_of("c1")), StoreErrorKind::kUnavailable);
  EXPECT_EQ(listener_.commits, 0);
  EXPECT_TRUE(listener_.changes.empty());
}

TEST_F(FaultTest, NoApiTokenIsCreatedOrRemovedByACommitThatFailed) {
  open_on_faults();
  ASSERT_TRUE(add_client(*store_, client_of("c1")));
  ApiToken token{.key_version = 1, .kind = ApiTokenKind::kVcloud, .client_id = "c1", .subject = "c1", .name = "first"};
  token.id.fill(1);
  const auto create = [&] {
    return wait<ApiToken>([&](auto done) { store_->create_api_token(actor(), token, done); });
  };
  ASSERT_TRUE(create());
  const size_t changes = listener_.changes.size();
  faults_->fail_sync(1, FaultFileSystem::SyncError::kEio);
  token.id.fill(2);
  EXPECT_REFUSED(create(), StoreErrorKind::kUnavailable);
  const ApiTokenRemoval first{.id = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}};
  EXPECT_REFUSED(wait<void>([&](auto done) { store_->remove_api_token(actor(), first, done); }),
                 StoreErrorKind::kUnavailable);
  EXPECT_EQ(listener_.changes.size(), changes) << "published";
  open_after();
  ASSERT_EQ(loaded_->api_tokens.size(), 1U);
  EXPECT_TRUE(loaded_->api_tokens.contains({0, first.id}));
}

TEST_F(FaultTest, RefusesAllThatWaitedWhenTheSyncFails) {
  open_on_faults();
  faults_->fail_sync(3, FaultFileSystem::SyncError::kEio);
  std::atomic<int> done{0};
  std::atomic<int> added{0};
  int submitted = 0;
  for (; listener_.failures == 0; ++submitted) {
    const int i = submitted;
    store_->add_client(actor(), client_of("c" + std::to_string(i)), [&](auto result) {
      added += result ? 1 : 0;
      ++done;
    });
  }
  while (done < submitted) std::this_thread::yield();
  EXPECT_LT(added, submitted);
  const int acknowledged = added;
  open_after();
  EXPECT_GE(static_cast<int>(loaded_->clients.size()), acknowledged);
}

// The power goes while four threads write: what they were told is there, of the rest nothing is there by half.
TEST_F(FaultTest, LosesNothingAcknowledgedWhenThePowerGoes) {
  const std::string early_mark = [&] {
    open_on_faults();
    return read_file(mark_path());
  }();
  for (int round = 0; round < 8; ++round) {
    SCOPED_TRACE(round);
    if (round > 0) open_on_faults();
    const uint64_t first_chunk = import_progress(*store_, "aa").value();
    std::atomic<uint64_t> chunks{first_chunk};
    std::mutex mutex;
    std::set<std::string> acknowledged;
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0;; ++i) {
          const std::string id = "c" + std::to_string(round) + "-" + std::to_string(t) + "-" + std::to_string(i);
          if (!add_client(*store_, client_of(id))) return;
          const std::lock_guard lock(mutex);
          acknowledged.insert(id);
        }
      });
    }
    threads.emplace_back([&] {
      while (import_chunk(*store_, chunk_of(chunks))) ++chunks;
    });
    const auto none_acknowledged = [&] {
      const std::lock_guard lock(mutex);
      return acknowledged.empty();
    };
    while (none_acknowledged()) std::this_thread::sleep_for(std::chrono::milliseconds(1));  // however slow the disk
    std::this_thread::sleep_for(std::chrono::milliseconds(7 * round));
    faults_->lose_power();
    for (auto& thread : threads) thread.join();
    // The mark is synced once a second: it may have fallen back, too.
    if (round % 2 == 1) write_file(mark_path(), early_mark);
    open_after();
    for (const auto& id : acknowledged) EXPECT_TRUE(loaded_->clients.contains({0, id})) << id;
    EXPECT_GE(import_progress(*store_, "aa").value(), chunks);
    expect_whole_chunks();
    store_->close();
  }
}

// The file system must be able to lose: without a sync, what was written goes.
TEST_F(FaultTest, TheFileSystemForgetsWhatWasNotSynced) {
  FaultFileSystem faults;
  std::unique_ptr<rocksdb::FSWritableFile> file;
  const std::string name = directory_.path() + "/file";
  ASSERT_TRUE(faults.NewWritableFile(name, {}, &file, nullptr).ok());
  ASSERT_TRUE(file->Append("synced", {}, nullptr).ok());
  ASSERT_TRUE(file->Sync({}, nullptr).ok());
  ASSERT_TRUE(file->Append("not synced", {}, nullptr).ok());
  ASSERT_TRUE(file->Flush({}, nullptr).ok());
  ASSERT_TRUE(faults.directory_synced(directory_.path()).ok());
  faults.lose_power();
  EXPECT_FALSE(file->Append("more", {}, nullptr).ok());
  EXPECT_FALSE(file->Sync({}, nullptr).ok());
  EXPECT_FALSE(faults.synced(name, 16).ok()) << "a sync that the loss overtook";
  ASSERT_TRUE(file->Close({}, nullptr).ok());
  EXPECT_EQ(faults.forget_unsynced(), 10U);
  EXPECT_EQ(read_file(name), "synced");
}

TEST_F(FaultTest, TheFileSystemCanLieAboutSyncs) {
  FaultFileSystem faults;
  std::unique_ptr<rocksdb::FSWritableFile> file;
  const std::string name = directory_.path() + "/file";
  ASSERT_TRUE(faults.NewWritableFile(name, {}, &file, nullptr).ok());
  ASSERT_TRUE(faults.directory_synced(directory_.path()).ok());
  faults.ignore_syncs();
  ASSERT_TRUE(file->Append("synced?", {}, nullptr).ok());
  ASSERT_TRUE(file->Sync({}, nullptr).ok());
  ASSERT_TRUE(file->Close({}, nullptr).ok());
  faults.lose_power();
  EXPECT_EQ(faults.forget_unsynced(), 7U);
  EXPECT_EQ(read_file(name), "");
}

}  // namespace
}  // namespace signet::store
