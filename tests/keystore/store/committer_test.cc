#include "keystore/store/committer.h"

#include <fmt/format.h>

#include <thread>

#include "tests/keystore/store/store_fixture.h"

namespace signet::store {
namespace {

using Kind = StoreErrorKind;

class CommitterTest : public StoreTest {};

TEST_F(CommitterTest, CompletesOnlyOncePublished) {
  open();
  listener_.hold_back = true;
  std::atomic<bool> done{false};
  store_->add_client(actor(), client_of("c1"), [&](auto result) { done = result.has_value(); });
  while (listener_.commits == 0) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_FALSE(done) << "a withdrawal is answered when every worker has passed it";
  listener_.held.at(0)();
  EXPECT_TRUE(done);
}

TEST_F(CommitterTest, DoesNotWaitForThePublicationOfTheCommitBefore) {
  open();
  listener_.hold_back = true;
  store_->add_client(actor(), client_of("c1"), [](auto) {});
  while (listener_.commits == 0) std::this_thread::yield();
  listener_.hold_back = false;
  EXPECT_TRUE(add_client(*store_, client_of("c2")));
  listener_.held.at(0)();
}

TEST_F(CommitterTest, TakesWhatQueuedAsOneCommit) {
  open();
  constexpr int kOperations = 500;
  const auto before = store_->status();
  std::atomic<int> done{0};
  for (int i = 0; i < kOperations; ++i) {
    store_->add_client(actor(), client_of("c" + std::to_string(i)), [&](auto result) { done += result ? 1 : 0; });
  }
  ASSERT_TRUE(barrier(*store_));
  EXPECT_EQ(done, kOperations);
  const auto after = store_->status();
  EXPECT_LT(after.batches - before.batches, kOperations / 2);
  EXPECT_EQ(after.commit - before.commit, after.batches - before.batches);
  EXPECT_GT(after.sync_ms_median, 0);
  EXPECT_GE(after.sync_ms_max, after.sync_ms_median);
  EXPECT_EQ(after.queued, 0U);
}

TEST_F(CommitterTest, KeepsTheOrderOfOneSubmitter) {
  open();
  ASSERT_TRUE(add_client(*store_, client_of("c1")));
  for (uint32_t i = 1; i <= 200; ++i) store_->update_client(actor(), 0, "c1", {.ttl_s = i}, [](auto) {});
  ASSERT_TRUE(barrier(*store_));
  reopen();
  EXPECT_EQ((loaded_->clients[{0, "c1"}].ttl_s), 200U);
}

TEST_F(CommitterTest, BarrierComesAfterWhatOtherThreadsHadQueued) {
  open();
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> done{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 10; ++i) {
          const auto id = fmt::format("r{}-{}-{}", round, t, i);
          store_->add_client(actor(), client_of(id), [&](auto) { ++done; });
        }
      });
    }
    for (auto& thread : threads) thread.join();
    ASSERT_TRUE(barrier(*store_));
    ASSERT_EQ(done, 40);
  }
}

TEST_F(CommitterTest, ARefusalLeavesNoTraceInTheCommitOfOthers) {
  open();
  std::atomic<int> refused{0};
  const auto count = [&](const auto& result) { refused += result.has_value() ? 0 : 1; };
  for (int i = 0; i < 20; ++i) {
    const std::string name = std::to_string(i);
    store_->add_client(actor(), client_of("c" + name), count);
    ImportChunk chunk{.import_id = "i" + name, .clients = {client_of("x" + name), client_of("c" + name)}};
    store_->import_clients(actor(), chunk, count);
  }
  ASSERT_TRUE(barrier(*store_));
  EXPECT_EQ(refused, 20);
  EXPECT_EQ(listener_.changes.size(), 20U);
  reopen();
  EXPECT_EQ(loaded_->clients.size(), 20U);
  EXPECT_FALSE(loaded_->clients.contains({0, "x0"}));
  EXPECT_EQ(import_progress(*store_, "i0"), 0U);
}

TEST_F(CommitterTest, RefusesWhatDoesNotFitIntoTheQueue) {
  options_.queue_max = 4;
  open();
  // The first completion holds the committer, so that the queue fills.
  std::promise<void> release;
  auto released = release.get_future().share();
  store_->add_client(actor(), client_of("first"), [released](auto) { released.wait(); });
  while (listener_.commits == 0) std::this_thread::yield();
  std::atomic<int> busy{0};
  std::atomic<int> done{0};
  for (int i = 0; i < 10; ++i) {
    store_->barrier([&](auto result) {
      ++done;
      if (!result) busy += result.error().kind == Kind::kBusy ? 1 : 100;
    });
  }
  EXPECT_GE(busy, 6);
  EXPECT_LT(busy, 10);
  release.set_value();
  while (done < 10) std::this_thread::yield();
  EXPECT_TRUE(barrier(*store_)) << "room again";
}

TEST_F(CommitterTest, FinishesWhatIsQueuedWhenClosed) {
  open();
  std::atomic<int> done{0};
  for (int i = 0; i < 300; ++i) {
    store_->add_client(actor(), client_of("c" + std::to_string(i)), [&](auto result) { done += result ? 1 : 0; });
  }
  store_->close();
  store_->close();
  EXPECT_EQ(done, 300);
  EXPECT_REFUSED(add_client(*store_, client_of("late")), Kind::kUnavailable);
  EXPECT_FALSE(store_->status().writable);
  open();
  EXPECT_EQ(loaded_->clients.size(), 300U);
}

TEST_F(CommitterTest, CompletesEveryOperationOfThreadsThatRaceWithTheClosing) {
  open();
  std::atomic<int> submitted{0};
  std::atomic<int> done{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        ++submitted;
        store_->barrier([&](auto) { ++done; });
      }
    });
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  store_->close();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(done, submitted);
}

TEST_F(CommitterTest, WritesNothingForABarrier) {
  open();
  const auto before = store_->status();
  ASSERT_TRUE(barrier(*store_));
  ASSERT_TRUE(import_progress(*store_, "x"));
  EXPECT_EQ(store_->status().commit, before.commit);
}

}  // namespace
}  // namespace signet::store
