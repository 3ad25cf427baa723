// Reclamation under a publish storm, with busy readers and with every reader asleep. Meant for ASan and TSan as much as
// for its own checks: a snapshot freed too early shows as a use after free, a wrong memory order as a race.
#include <gtest/gtest.h>

#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>
#include <vector>

#include "keystore/snapshot/published.h"
#include "keystore/snapshot/reclaimer.h"

namespace signet {
namespace {

using std::chrono::milliseconds;

// Poisons itself when it dies, so that a reader of a dead one sees it without a sanitizer too.
struct Snapshot {
  explicit Snapshot(uint64_t n) : number(n) {
    for (auto& word : words) word = n;
    alive.fetch_add(1);
  }
  ~Snapshot() {
    for (auto& word : words) const_cast<volatile uint64_t&>(word) = ~uint64_t{0};
    alive.fetch_sub(1);
  }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  bool whole() const {
    for (const auto word : words) {
      if (word != number) return false;
    }
    return true;
  }
  uint64_t number;
  uint64_t words[32];
  static inline std::atomic<int64_t> alive{0};
};

// As a loop asleep in epoll with an async handle: passes only after it was woken.
class Sleeper {
 public:
  Sleeper(QuiescentDomain& domain, const Published<Snapshot>& published)
      : domain_(domain), reader_(domain.register_reader([this] { wake(false); })) {
    thread_ = std::thread([this, &published] { run(published); });
  }
  ~Sleeper() {
    wake(true);
    thread_.join();
    domain_.unregister_reader(reader_);
  }

 private:
  void wake(bool stop) {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    stop_ |= stop;
    changed_.notify_one();
  }
  void run(const Published<Snapshot>& published) {
    std::unique_lock lock(mutex_);
    while (!stop_) {
      lock.unlock();
      reader_->pass();  // prepare callback
      const Snapshot& snapshot = published.load();
      EXPECT_TRUE(snapshot.whole());
      lock.lock();
      changed_.wait(lock, [this] { return woken_; });
      woken_ = false;
      lock.unlock();
      EXPECT_TRUE(snapshot.whole());  // kept over the sleep: not passed, so not freed
      lock.lock();
    }
  }

  QuiescentDomain& domain_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
  bool stop_ = false;
  QuiescentDomain::Reader* reader_;
  std::thread thread_;
};

constexpr QuiescentDomain::Backlog kMost{64, 1 << 20};

void publish_storm(QuiescentDomain& domain, Published<Snapshot>& published, int publications) {
  for (int i = 1; i <= publications; ++i) {
    ASSERT_TRUE(domain.wait_for_room(kMost, milliseconds(20000)));
    published.publish(std::make_unique<const Snapshot>(i), domain);
    ASSERT_LE(Snapshot::alive.load(), int64_t{kMost.actions} + 1) << "memory grows under a storm";
  }
}

TEST(Reclamation, ReadersAtFullSpeedNeverSeeADeadSnapshotAndMemoryStaysBounded) {
  QuiescentDomain domain;
  {
    Published<Snapshot> published(std::make_unique<const Snapshot>(0));
    const Reclaimer reclaimer(domain);
    std::atomic<bool> stop{false};
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i) {
      auto* reader = domain.register_reader([] {});
      readers.emplace_back([&, reader] {
        uint64_t last = 0;
        while (!stop.load(std::memory_order_relaxed)) {
          reader->pass();
          const Snapshot& snapshot = published.load();
          ASSERT_TRUE(snapshot.whole());
          ASSERT_GE(snapshot.number, last) << "an older snapshot came back";
          last = snapshot.number;
        }
        domain.unregister_reader(reader);
      });
    }
    publish_storm(domain, published, 3000);
    stop = true;
    for (auto& reader : readers) reader.join();
  }
  while (domain.backlog().actions != 0) domain.poll();
  EXPECT_EQ(Snapshot::alive.load(), 0);
}

TEST(Reclamation, IdleReadersAreWokenAndMemoryStaysBounded) {
  QuiescentDomain domain;
  {
    Published<Snapshot> published(std::make_unique<const Snapshot>(0));
    const Reclaimer reclaimer(domain);
    const Sleeper a(domain, published);
    const Sleeper b(domain, published);
    publish_storm(domain, published, 1000);
    // Without anything further happening, the last retirement ends too.
    for (int i = 0; i < 10000 && domain.backlog().actions != 0; ++i) std::this_thread::sleep_for(milliseconds(1));
    EXPECT_EQ(domain.backlog().actions, 0u);
    EXPECT_EQ(Snapshot::alive.load(), 1);
  }
  EXPECT_EQ(Snapshot::alive.load(), 0);
}

TEST(Reclamation, ReadersComeAndGoDuringAStorm) {
  QuiescentDomain domain;
  {
    Published<Snapshot> published(std::make_unique<const Snapshot>(0));
    const Reclaimer reclaimer(domain);
    std::atomic<bool> stop{false};
    std::thread comers([&] {
      while (!stop.load()) {
        auto* reader = domain.register_reader([] {});
        for (int i = 0; i < 20; ++i) {
          ASSERT_TRUE(published.load().whole());
          reader->pass();
        }
        domain.unregister_reader(reader);
      }
    });
    publish_storm(domain, published, 2000);
    stop = true;
    comers.join();
  }
  while (domain.backlog().actions != 0) domain.poll();
  EXPECT_EQ(Snapshot::alive.load(), 0);
}

TEST(Reclamation, TheReclaimerStopsWhileAReaderIsStuck) {
  bool ran = false;
  QuiescentDomain domain;
  auto* stuck = domain.register_reader([] {});
  {
    const Reclaimer reclaimer(domain);
    domain.after_grace([&] { ran = true; });
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_FALSE(ran);
  domain.unregister_reader(stuck);
}

}  // namespace
}  // namespace signet
