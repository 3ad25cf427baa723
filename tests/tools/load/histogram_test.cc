#include "tools/load/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace signet::load {
namespace {

// What percentile means, without buckets.
uint64_t exact(std::vector<uint64_t> values, double share) {
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<size_t>(std::ceil(share * static_cast<double>(values.size())));
  return values[std::max<size_t>(rank, 1) - 1];
}

double relative_error(uint64_t value, uint64_t truth) {
  if (value == truth) return 0;
  return std::abs(static_cast<double>(value) - static_cast<double>(truth)) / static_cast<double>(truth);
}

TEST(Histogram, IsNothingWhenNothingWasRecorded) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.largest(), 0u);
  EXPECT_EQ(histogram.percentile(0.5), 0u);
}

TEST(Histogram, IsExactForSmallValues) {
  for (uint64_t value = 0; value < 256; ++value) {
    Histogram histogram;
    histogram.record(value);
    histogram.record(1000);
    EXPECT_EQ(histogram.percentile(0.5), value);
  }
}

TEST(Histogram, StaysWithinOnePercentAtEveryMagnitude) {
  for (unsigned bits = 1; bits < 63; ++bits) {
    for (const uint64_t offset : {uint64_t{0}, uint64_t{1}, (uint64_t{1} << bits) / 3, (uint64_t{1} << bits) - 1}) {
      const uint64_t value = (uint64_t{1} << bits) + offset;
      Histogram histogram;
      histogram.record(value);
      histogram.record(UINT64_MAX);
      EXPECT_LE(relative_error(histogram.percentile(0.5), value), 0.004) << value;
    }
  }
}

TEST(Histogram, HasRoomForTheLargestValue) {
  Histogram histogram;
  histogram.record(UINT64_MAX);
  EXPECT_EQ(histogram.percentile(1), UINT64_MAX);
  EXPECT_EQ(histogram.largest(), UINT64_MAX);
}

TEST(Histogram, AgreesWithSortedValues) {
  Histogram histogram;
  std::vector<uint64_t> values;
  uint64_t state = 1;
  for (int i = 0; i < 20000; ++i) {
    state = state * 6364136223846793005 + 1442695040888963407;
    values.push_back((state >> 40) * (1 + (state >> 60) * (state >> 60)));  // skewed, as latencies are
    histogram.record(values.back());
  }
  for (const double share : {0.0, 0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 0.9999, 1.0})
    EXPECT_LE(relative_error(histogram.percentile(share), exact(values, share)), 0.01) << share;
}

TEST(Histogram, DoesNotLetOneOutlierIntoTheMedian) {
  Histogram histogram;
  for (int i = 0; i < 99; ++i) histogram.record(100);
  histogram.record(1'000'000'000);
  EXPECT_EQ(histogram.percentile(0.5), 100u);
  EXPECT_EQ(histogram.percentile(0.99), 100u);
  EXPECT_EQ(histogram.percentile(0.999), 1'000'000'000u);
}

TEST(Histogram, NeverExceedsTheLargestRecorded) {
  Histogram histogram;
  histogram.record(1'000'001);
  histogram.record(1'000'001);
  EXPECT_LE(histogram.percentile(0.5), 1'000'001u);
  EXPECT_EQ(histogram.percentile(1), 1'000'001u);
}

TEST(Histogram, AddsAnother) {
  Histogram one, other;
  for (int i = 0; i < 10; ++i) one.record(10);
  for (int i = 0; i < 30; ++i) other.record(2000);
  one.add(other);
  EXPECT_EQ(one.count(), 40u);
  EXPECT_EQ(one.largest(), 2000u);
  EXPECT_EQ(one.percentile(0.25), 10u);
  EXPECT_LE(relative_error(one.percentile(0.26), 2000), 0.004);
}

}  // namespace
}  // namespace signet::load
