#include "keystore/vault/locked_bytes.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "keystore/vault/locked_pages.h"
#include "keystore/vault/vault.h"
#include "tests/support/sanitizers.h"

namespace signet {
namespace {

bool all_zero(ByteSpan bytes) {
  return std::ranges::all_of(bytes, [](uint8_t octet) { return octet == 0; });
}

// The VmFlags line of the mapping that holds `address`, from /proc/self/smaps.
std::string mapping_flags(const void* address) {
  std::ifstream smaps("/proc/self/smaps");
  const auto wanted = reinterpret_cast<uintptr_t>(address);
  bool inside = false;
  for (std::string line; std::getline(smaps, line);) {
    unsigned long first = 0;
    unsigned long last = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx ", &first, &last) == 2) inside = wanted >= first && wanted < last;
    if (inside && line.starts_with("VmFlags:")) return line;
  }
  return {};
}

TEST(LockedBytesTest, PagesAreLockedAndUndumpable) {
  if (kSanitized) GTEST_SKIP() << "sanitizers ignore mlock";
  for (const size_t size : {32U, 4096U, 100000U}) {
    const auto bytes = LockedBytes::zeroed(size);
    ASSERT_TRUE(bytes);
    const std::string flags = mapping_flags(bytes->expose().data());
    if (flags.empty()) GTEST_SKIP() << "no VmFlags here";
    EXPECT_NE(flags.find(" lo"), std::string::npos) << flags;
    EXPECT_NE(flags.find(" dd"), std::string::npos) << flags;
  }
}

TEST(LockedBytesTest, IsZeroEvenWhenReused) {
  for (int round = 0; round < 100; ++round) {
    for (const size_t size : {1U, 63U, 64U, 65U, 200U, 4096U, 5000U}) {
      auto bytes = LockedBytes::zeroed(size);
      ASSERT_TRUE(bytes);
      EXPECT_EQ(bytes->size(), size);
      EXPECT_TRUE(all_zero(bytes->expose()));
      EXPECT_EQ(reinterpret_cast<uintptr_t>(bytes->expose().data()) % 64, 0U);
      std::memset(bytes->expose_mutable().data(), 0xa5, size);
    }
  }
}

TEST(LockedBytesTest, ReusesWhatWasReleased) {
  {
    const auto warm = LockedBytes::zeroed(64);
  }
  const size_t before = locked_bytes_mapped();
  for (int i = 0; i < 10000; ++i) ASSERT_TRUE(LockedBytes::zeroed(64));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(LockedBytes::zeroed(10000));
  EXPECT_EQ(locked_bytes_mapped(), before);
}

TEST(LockedBytesTest, WipesWhenReleased) {
  auto bytes = LockedBytes::copy_of(as_bytes("a secret of more than eight octets"));
  ASSERT_TRUE(bytes);
  const ByteSpan view = bytes->expose();
  *bytes = LockedBytes();
  // The block is still mapped; its first eight octets may link free blocks.
  EXPECT_TRUE(all_zero(view.subspan(sizeof(void*))));
}

TEST(LockedBytesTest, MovingLeavesTheSourceEmpty) {
  auto first = LockedBytes::copy_of(as_bytes("secret"));
  LockedBytes second(std::move(*first));
  EXPECT_TRUE(first->empty());
  EXPECT_EQ(as_text(second.expose()), "secret");
  LockedBytes third;
  third = std::move(second);
  EXPECT_TRUE(second.empty());
  EXPECT_EQ(as_text(third.expose()), "secret");
}

TEST(LockedBytesTest, EmptyTakesNoMemory) {
  const auto empty = LockedBytes::zeroed(0);
  ASSERT_TRUE(empty);
  EXPECT_TRUE(empty->empty());
}

TEST(LockedBytesTest, TwoThreadsNeverShareABlock) {
  auto churn = [](uint8_t mark) {
    for (int i = 0; i < 5000; ++i) {
      auto bytes = LockedBytes::zeroed(64 + static_cast<size_t>(i) % 300);
      ASSERT_TRUE(bytes && all_zero(bytes->expose()));
      std::memset(bytes->expose_mutable().data(), mark, bytes->size());
      ASSERT_TRUE(std::ranges::all_of(bytes->expose(), [mark](uint8_t octet) { return octet == mark; }));
    }
  };
  std::thread one(churn, uint8_t{1});
  std::thread two(churn, uint8_t{2});
  one.join();
  two.join();
}

TEST(LockedPagesDeathTest, OverrunHitsTheGuardPage) {
  if (kSanitized) GTEST_SKIP() << "the sanitizer reports it in its own way";
  const LockedPages pages = map_locked_pages(1);
  ASSERT_NE(pages.data, nullptr);
  EXPECT_DEATH(*const_cast<volatile uint8_t*>(pages.data + pages.size) = 1, "");
  EXPECT_DEATH(*const_cast<volatile uint8_t*>(pages.data - 1) = 1, "");
  unmap_locked_pages(pages);
}

// In a child, because the limits cannot be raised again.
TEST(LockedBytesDeathTest, RefusesWhenNothingMoreCanBeLocked) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  auto without_locking = [] {
    const rlimit none{0, 0};
    setrlimit(RLIMIT_MEMLOCK, &none);
    // Privileged processes are not limited: drop to a user that is.
    if (geteuid() == 0 && setuid(65534) != 0) std::_Exit(2);
    std::_Exit(LockedBytes::zeroed(100000).has_value() ? 1 : 0);
  };
  if (kSanitized) GTEST_SKIP() << "sanitizers ignore mlock";
  EXPECT_EXIT(without_locking(), testing::ExitedWithCode(0), "");
}

TEST(ProtectProcessDeathTest, LeavesNothingDumpable) {
  auto check = [] {
    rlimit core{1, 1};
    const bool done = protect_process() && getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 &&
                      core.rlim_max == 0 && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
    std::_Exit(done ? 0 : 1);
  };
  EXPECT_EXIT(check(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace signet
