#include "keystore/signing/lanes/p256/base_table_p256.h"

#include <memory>
#include <vector>

#include "keystore/signing/lanes/p256/field_p256_one.h"
#include "keystore/signing/lanes/table_making.h"

namespace signet::lanes::p256 {
namespace {

constexpr uint64_t kX[4] = {0xf4a13945d898c296, 0x77037d812deb33a0, 0xf8bce6e563a440f2, 0x6b17d1f2e12c4247};
constexpr uint64_t kY[4] = {0xcbb6406837bf51f5, 0x2bce33576b315ece, 0x8ee7eb4a7c0f9e16, 0x4fe342e2fe1a7f9b};
constexpr uint64_t kHalfOfOne[4] = {0x79dce5617e3192a9, 0xde737d56d38bcf42, 0x7fffffffffffffff,
                                    0x7fffffff80000000};  // (n + 1) / 2
constexpr uint8_t kSha256[32] = {0x4e, 0x01, 0x98, 0xd3, 0x11, 0x70, 0x3a, 0x99, 0x68, 0xd3, 0x01,
                                 0xc5, 0x79, 0x53, 0x0f, 0x37, 0x4b, 0x80, 0x37, 0xfb, 0x9b, 0xb1,
                                 0x73, 0x8e, 0x41, 0x1d, 0x35, 0xf2, 0x67, 0x10, 0xa5, 0x44};

// Jacobian coordinates: x = X/Z^2, y = Y/Z^3. Nothing here adds a point to itself, to its negative or to infinity.
struct Point {
  Element x, y, z;
};

Point doubled(const Point& p) {
  const Element zz = p.z * p.z, yy = p.y * p.y;
  const Element xyy = p.x * yy, s = xyy + xyy + xyy + xyy;
  const Element t = (p.x - zz) * (p.x + zz), m = t + t + t;  // a is -3
  const Element x = m * m - s - s;
  const Element y4 = yy * yy, y4_2 = y4 + y4, y4_4 = y4_2 + y4_2;
  const Element yz = p.y * p.z;
  return {x, m * (s - x) - y4_4 - y4_4, yz + yz};
}

Point sum(const Point& p, const Point& q) {
  const Element pzz = p.z * p.z, qzz = q.z * q.z;
  const Element u = p.x * qzz, s = p.y * qzz * q.z;
  const Element h = q.x * pzz - u, r = q.y * pzz * p.z - s;
  const Element hh = h * h, hhh = hh * h, v = u * hh;
  const Element x = r * r - hhh - v - v;
  return {x, r * (v - x) - s * hhh, p.z * q.z * h};
}

class Maker {
 public:
  std::unique_ptr<BaseTable> make() {
    auto table = std::make_unique<BaseTable>();
    const uint64_t one[4] = {1, 0, 0, 0};
    const Point base = {element_of(kX), element_of(kY), element_of(one)};
    Point half = base;  // the highest bit, 254
    for (int bit = 253; bit >= 0; --bit) {
      half = doubled(half);
      if ((kHalfOfOne[bit / 64] >> (bit % 64) & 1) != 0) half = sum(half, base);
    }
    for (int window = 0; window < kWindows; ++window) {
      const Point step = doubled(half);
      Point entry = half;
      for (int j = 0; j < kEntries; ++j) {
        points_.push_back(entry);
        entry = sum(entry, step);
      }
      for (int i = 0; i < 8; ++i) half = doubled(half);
    }
    write(*table);
    return table;
  }

 private:
  void write(BaseTable& table) {
    const uint64_t one[4] = {1, 0, 0, 0};
    divide_all(points_, element_of(one), inverse, [&](size_t i, const Element& z) {
      put(points_[i], z, table.windows + i / kEntries * kWindowStride + i % kEntries);
    });
  }

  static void put(const Point& point, const Element& z, uint64_t* to) {
    const Element zz = z * z;
    const Element coordinates[kCoordinates] = {point.x * zz, point.y * zz * z};
    for (int c = 0; c < kCoordinates; ++c) {
      uint64_t words[kWords];
      lane_words_of(coordinates[c], words);
      for (int w = 0; w < kWords; ++w) to[static_cast<size_t>(c * kWords + w) * kWordStride] = words[w];
    }
  }

  std::vector<Point> points_;
};

const BaseTable* make() {
  auto table = Maker().make();
  const uint64_t* const from = table->windows;
  return known_table(std::move(table), from, sizeof table->windows, kSha256);
}

}  // namespace

const BaseTable* base_table() {
  static const BaseTable* const table = make();
  return table;
}

}  // namespace signet::lanes::p256
