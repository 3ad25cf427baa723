// The semantics of grace: what runs when, and what never runs too early.
#include "keystore/snapshot/quiescence.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <vector>

#include "keystore/snapshot/published.h"

namespace signet {
namespace {

using std::chrono::milliseconds;

struct Counted {
  explicit Counted(int* dead_count) : dead(dead_count) {}
  ~Counted() { ++*dead; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  int* dead;
};

TEST(Quiescence, WithoutReadersAnActionRunsAtOnce) {
  bool ran = false;
  QuiescentDomain domain;
  domain.after_grace([&] { ran = true; });
  EXPECT_TRUE(ran);
  EXPECT_EQ(domain.poll(), 0u);
}

TEST(Quiescence, AReaderThatNeverPassesBlocksReclamation) {
  int dead = 0;
  QuiescentDomain domain;
  auto* reader = domain.register_reader({});
  domain.retire(std::make_unique<const Counted>(&dead));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(domain.poll(), 0u);
  EXPECT_EQ(dead, 0);
  domain.unregister_reader(reader);
}

TEST(Quiescence, APassBeforeTheRetirementDoesNotCount) {
  bool ran = false;
  QuiescentDomain domain;
  auto* reader = domain.register_reader({});
  reader->pass();
  domain.after_grace([&] { ran = true; });
  EXPECT_EQ(domain.poll(), 0u);
  EXPECT_FALSE(ran);
  reader->pass();
  EXPECT_FALSE(ran) << "a reader must not run actions";
  EXPECT_EQ(domain.poll(), 1u);
  EXPECT_TRUE(ran);
  domain.unregister_reader(reader);
}

TEST(Quiescence, EveryReaderMustPass) {
  int dead = 0;
  QuiescentDomain domain;
  std::vector<QuiescentDomain::Reader*> readers;
  for (int i = 0; i < 4; ++i) readers.push_back(domain.register_reader({}));
  domain.retire(std::make_unique<const Counted>(&dead));
  for (auto* reader : readers) {
    EXPECT_EQ(domain.poll(), 0u);
    EXPECT_EQ(dead, 0);
    reader->pass();
  }
  EXPECT_EQ(domain.poll(), 1u);
  EXPECT_EQ(dead, 1);
  for (auto* reader : readers) domain.unregister_reader(reader);
}

TEST(Quiescence, OnePassReleasesAllThatWasRetiredBeforeItAndNothingAfter) {
  std::vector<int> order;
  QuiescentDomain domain;
  auto* reader = domain.register_reader({});
  for (int i = 0; i < 3; ++i) domain.after_grace([&order, i] { order.push_back(i); });
  reader->pass();
  domain.after_grace([&order] { order.push_back(3); });
  EXPECT_EQ(domain.poll(), 3u);
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
  reader->pass();
  EXPECT_EQ(domain.poll(), 1u);
  domain.unregister_reader(reader);
}

TEST(Quiescence, EachRetirementWakesEveryReader) {
  int woken_a = 0;
  int woken_b = 0;
  QuiescentDomain domain;
  auto* a = domain.register_reader([&] { ++woken_a; });
  auto* b = domain.register_reader([&] { ++woken_b; });
  domain.after_grace([] {});
  domain.after_grace([] {});
  EXPECT_EQ(woken_a, 2);
  EXPECT_EQ(woken_b, 2);
  domain.unregister_reader(a);
  domain.after_grace([] {});
  EXPECT_EQ(woken_a, 2) << "woken after it was gone";
  EXPECT_EQ(woken_b, 3);
  domain.unregister_reader(b);
}

TEST(Quiescence, AReaderRegisteredLaterIsNotWaitedFor) {
  bool ran = false;
  QuiescentDomain domain;
  auto* first = domain.register_reader({});
  domain.after_grace([&] { ran = true; });
  auto* late = domain.register_reader({});
  first->pass();
  EXPECT_EQ(domain.poll(), 1u);
  EXPECT_TRUE(ran);
  domain.after_grace([] {});
  first->pass();
  EXPECT_EQ(domain.poll(), 0u) << "from now on it is waited for";
  late->pass();
  EXPECT_EQ(domain.poll(), 1u);
  domain.unregister_reader(first);
  domain.unregister_reader(late);
}

TEST(Quiescence, UnregisteringCountsAsPassed) {
  int dead = 0;
  QuiescentDomain domain;
  auto* stuck = domain.register_reader({});
  auto* other = domain.register_reader({});
  domain.retire(std::make_unique<const Counted>(&dead));
  other->pass();
  EXPECT_EQ(domain.poll(), 0u);
  domain.unregister_reader(stuck);
  EXPECT_EQ(domain.poll(), 1u);
  EXPECT_EQ(dead, 1);
  domain.unregister_reader(other);
}

TEST(Quiescence, TheEndOfTheDomainRunsWhatIsLeft) {
  int dead = 0;
  {
    QuiescentDomain domain;
    auto* reader = domain.register_reader({});
    domain.retire(std::make_unique<const Counted>(&dead));
    domain.unregister_reader(reader);
    EXPECT_EQ(dead, 0);
  }
  EXPECT_EQ(dead, 1);
}

TEST(Quiescence, AnActionMayRetireAgain) {
  bool second = false;
  QuiescentDomain domain;
  auto* reader = domain.register_reader({});
  domain.after_grace([&] { domain.after_grace([&] { second = true; }); });
  reader->pass();
  EXPECT_EQ(domain.poll(), 1u);
  EXPECT_EQ(domain.poll(), 0u);
  EXPECT_FALSE(second);
  reader->pass();
  EXPECT_EQ(domain.poll(), 1u);
  EXPECT_TRUE(second);
  domain.unregister_reader(reader);
}

TEST(Quiescence, BackPressureHoldsAPublisherUntilReadersPass) {
  QuiescentDomain domain;
  auto* reader = domain.register_reader({});
  domain.after_grace([] {}, 1000);
  EXPECT_EQ(domain.backlog().actions, 1u);
  EXPECT_EQ(domain.backlog().bytes, 1000u);
  EXPECT_TRUE(domain.wait_for_room({2, 1001}, milliseconds(0)));
  EXPECT_FALSE(domain.wait_for_room({1, 1001}, milliseconds(1))) << "too many actions";
  EXPECT_FALSE(domain.wait_for_room({2, 1000}, milliseconds(1))) << "too many bytes";
  std::thread worker([&] {
    std::this_thread::sleep_for(milliseconds(5));
    reader->pass();
    domain.poll();
  });
  EXPECT_TRUE(domain.wait_for_room({1, 1}, milliseconds(10000)));
  worker.join();
  EXPECT_EQ(domain.backlog().bytes, 0u);
  domain.unregister_reader(reader);
}

TEST(Quiescence, AnotherReadersRegistrationIsRefusedToNobodyWhilePublishing) {
  QuiescentDomain domain;
  std::jthread publisher([&](std::stop_token stop) {
    while (!stop.stop_requested()) {
      domain.after_grace([] {});
      domain.poll();
    }
  });
  for (int i = 0; i < 200; ++i) {
    auto* reader = domain.register_reader([] {});
    reader->pass();
    domain.unregister_reader(reader);
  }
  publisher.request_stop();
  publisher.join();
  domain.poll();
  EXPECT_EQ(domain.backlog().actions, 0u);
}

TEST(Published, TheOldSnapshotLivesUntilTheReaderPassed) {
  int dead = 0;
  QuiescentDomain domain;
  {
    Published<Counted> published(std::make_unique<const Counted>(&dead));
    auto* reader = domain.register_reader({});
    const Counted* before = &published.load();
    published.publish(std::make_unique<const Counted>(&dead), domain);
    EXPECT_NE(&published.load(), before);
    domain.poll();
    EXPECT_EQ(dead, 0);
    reader->pass();
    domain.poll();
    EXPECT_EQ(dead, 1);
    domain.unregister_reader(reader);
  }
  EXPECT_EQ(dead, 2);
}

}  // namespace
}  // namespace signet
