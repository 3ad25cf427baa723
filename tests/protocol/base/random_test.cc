#include "protocol/base/random.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <set>
#include <thread>
#include <vector>

namespace signet {
namespace {

using Id = std::array<uint8_t, 16>;

// Both sources keep the same promises.
class Random : public testing::TestWithParam<void (*)(MutableByteSpan)> {
 protected:
  static void fill(MutableByteSpan out) { GetParam()(out); }
  static Id next_id() {
    Id id{};
    fill(id);
    return id;
  }
};
INSTANTIATE_TEST_SUITE_P(Sources, Random, testing::Values(fill_random, fill_secret_random),
                         [](const auto& source) { return source.index == 0 ? "Ids" : "Secrets"; });

TEST_P(Random, IdsDoNotRepeatAcrossRefills) {
  std::set<Id> seen;
  for (int i = 0; i < 2000; ++i) EXPECT_TRUE(seen.insert(next_id()).second);  // about eight refills
}

TEST_P(Random, SizesThatDoNotDivideThePoolAndSizesAboveItAreFilled) {
  for (size_t size : {1u, 17u, 4087u, 4088u, 4089u, 10000u}) {
    std::vector<uint8_t> out(size + 1, 0);
    unsigned seen = 0;
    for (int tries = 0; tries < 64 && seen != 255; ++tries) {
      fill({out.data(), size});
      seen |= out[size - 1];
      EXPECT_EQ(out[size], 0);  // nothing beyond the end
    }
    EXPECT_EQ(seen, 255u) << "the last octet of " << size << " never gets some bit";
  }
}

TEST_P(Random, AnEmptyRequestIsNothing) { fill({}); }

TEST_P(Random, ThreadsDoNotShareIds) {
  std::vector<Id> ids(8);
  std::vector<std::thread> threads;
  for (Id& id : ids) threads.emplace_back([&id] { id = next_id(); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(std::set<Id>(ids.begin(), ids.end()).size(), ids.size());
}

TEST_P(Random, AForkedChildDoesNotRepeatTheParentsIds) {
  next_id();  // the pool is filled now; a plain copy of it would give the child the same ids
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const Id id = next_id();
    _exit(write(ends[1], id.data(), id.size()) == 16 ? 0 : 1);
  }
  Id theirs{};
  ASSERT_EQ(read(ends[0], theirs.data(), theirs.size()), 16);
  int status = 1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_NE(next_id(), theirs);
  EXPECT_NE(theirs, Id{});
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace signet
