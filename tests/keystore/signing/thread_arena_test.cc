#include "keystore/signing/thread_arena.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

#include "protocol/base/bytes.h"

namespace signet {
namespace {

constexpr size_t kSizes[] = {1, 31, 32, 33, 48, 49, 64, 65, 96, 97, 1000, 4096, 6784, 32768, 32769, 100000};

bool filled_with(const void* block, size_t size, uint8_t value) {
  const ByteSpan bytes(static_cast<const uint8_t*>(block), size);
  return std::ranges::all_of(bytes, [value](uint8_t octet) { return octet == value; });
}

TEST(ThreadArenaTest, BlocksAreAlignedAndApart) {
  std::vector<std::pair<uint8_t*, size_t>> blocks;
  for (int round = 0; round < 3; ++round) {
    for (const size_t size : kSizes) {
      auto* block = static_cast<uint8_t*>(thread_arena_allocate(size));
      ASSERT_NE(block, nullptr);
      EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % 16, 0U);
      std::memset(block, static_cast<int>(blocks.size() + 1), size);
      blocks.emplace_back(block, size);
    }
  }
  for (size_t i = 0; i < blocks.size(); ++i) {
    EXPECT_TRUE(filled_with(blocks[i].first, blocks[i].second, static_cast<uint8_t>(i + 1)));
    thread_arena_free(blocks[i].first);
  }
}

TEST(ThreadArenaTest, NothingForNothing) {
  EXPECT_EQ(thread_arena_allocate(0), nullptr);
  thread_arena_free(nullptr);
  void* block = thread_arena_reallocate(nullptr, 10);
  ASSERT_NE(block, nullptr);
  EXPECT_EQ(thread_arena_reallocate(block, 0), nullptr);
}

TEST(ThreadArenaTest, RefusesSizesThatCannotBe) {
  EXPECT_EQ(thread_arena_allocate(SIZE_MAX), nullptr);
  EXPECT_EQ(thread_arena_allocate(size_t{1} << 40U), nullptr);
  void* block = thread_arena_allocate(16);
  std::memset(block, 7, 16);
  EXPECT_EQ(thread_arena_reallocate(block, SIZE_MAX), nullptr);
  EXPECT_TRUE(filled_with(block, 16, 7)) << "untouched on failure";
  thread_arena_free(block);
}

TEST(ThreadArenaTest, ReallocationKeepsTheContents) {
  for (const size_t from : kSizes) {
    for (const size_t to : kSizes) {
      void* block = thread_arena_allocate(from);
      std::memset(block, 0x3c, from);
      block = thread_arena_reallocate(block, to);
      ASSERT_NE(block, nullptr);
      EXPECT_TRUE(filled_with(block, std::min(from, to), 0x3c)) << from << " to " << to;
      thread_arena_free(block);
    }
  }
}

TEST(ThreadArenaTest, FreedBlocksAreWiped) {
  auto* block = static_cast<uint8_t*>(thread_arena_allocate(640));
  std::memset(block, 0xa5, 640);
  thread_arena_free(block);
  // Still mapped: all but the link of the free list is zero.
  EXPECT_TRUE(filled_with(block + sizeof(void*), 640 - sizeof(void*), 0));
  auto* cut = static_cast<uint8_t*>(thread_arena_allocate(640));
  std::memset(cut, 0xa5, 640);
  EXPECT_EQ(thread_arena_reallocate(cut, 600), cut);
  EXPECT_TRUE(filled_with(cut + 600, 40, 0));
  thread_arena_free(cut);
}

TEST(ThreadArenaTest, SteadyUseMapsNothing) {
  std::mt19937 random(4711);
  std::vector<void*> blocks(64, nullptr);
  auto churn = [&](int rounds) {
    for (int i = 0; i < rounds; ++i) {
      void*& slot = blocks[random() % blocks.size()];
      thread_arena_free(slot);
      slot = thread_arena_allocate(1 + random() % 500);
    }
  };
  churn(20000);
  // One block of each class in each slot is the most that this load can ever need.
  const size_t before = thread_arena_mapped();
  churn(200000);
  EXPECT_LE(thread_arena_mapped(), before + 64 * 1024);
  for (void* block : blocks) thread_arena_free(block);
}

TEST(ThreadArenaTest, BlocksFreedByAnotherThreadComeBack) {
  // Warm: the second thread has its arena, ours has its blocks.
  auto round = [] {
    std::vector<void*> blocks;
    for (int i = 0; i < 500; ++i) blocks.push_back(thread_arena_allocate(200));
    std::thread([&blocks] {
      for (void* block : blocks) thread_arena_free(block);
    }).join();
  };
  round();
  const size_t before = thread_arena_mapped();
  for (int i = 0; i < 50; ++i) round();
  EXPECT_EQ(thread_arena_mapped(), before);
}

TEST(ThreadArenaTest, EndedThreadsHandTheirArenasOn) {
  auto thread_with_a_block = [] { std::thread([] { thread_arena_free(thread_arena_allocate(100)); }).join(); };
  thread_with_a_block();
  const size_t before = thread_arena_mapped();
  for (int i = 0; i < 200; ++i) thread_with_a_block();
  EXPECT_EQ(thread_arena_mapped(), before);
}

// Two threads pass blocks to each other through shared slots: each may be freed by either.
TEST(ThreadArenaTest, SurvivesCrossTraffic) {
  std::array<std::atomic<uint8_t*>, 16> slots{};
  std::atomic<bool> torn = false;
  auto traffic = [&](unsigned seed) {
    std::mt19937 random(seed);
    for (int i = 0; i < 50000; ++i) {
      const size_t size = 8 + random() % 300;
      auto* block = static_cast<uint8_t*>(thread_arena_allocate(size));
      block[0] = block[7] = static_cast<uint8_t>(size);
      uint8_t* other = slots[random() % slots.size()].exchange(block, std::memory_order_acq_rel);
      if (other != nullptr && other[0] != other[7]) torn = true;
      thread_arena_free(other);
    }
  };
  std::thread one(traffic, 1U);
  std::thread two(traffic, 2U);
  one.join();
  two.join();
  for (auto& slot : slots) thread_arena_free(slot.load());
  EXPECT_FALSE(torn);
}

// OpenSSL's per-thread destructors run after the thread's own.
TEST(ThreadArenaTest, AllocatesWhileAThreadEnds) {
  static std::atomic<bool> late_block_good = false;
  struct Late {
    ~Late() {
      void* block = thread_arena_allocate(64);
      late_block_good = block != nullptr && filled_with(block, 8, 0);
      thread_arena_free(block);
    }
  };
  std::thread([] {
    thread_local Late late;
    (void)late;
    // Its own end is registered later, hence comes earlier.
    thread_arena_free(thread_arena_allocate(64));
  }).join();
  EXPECT_TRUE(late_block_good);
}

}  // namespace
}  // namespace signet
