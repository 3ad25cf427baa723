#include "keystore/signing/lanes/base_table.h"

#include <memory>
#include <vector>

#include "keystore/signing/lanes/field25519_one.h"
#include "keystore/signing/lanes/inverse25519.h"
#include "keystore/signing/lanes/table_making.h"

namespace signet::lanes {
namespace {

constexpr uint64_t kX[4] = {0xc9562d608f25d51a, 0x692cc7609525a7b2, 0xc0a4e231fdd6dc5c, 0x216936d3cd6e53fe};
constexpr uint64_t kY[4] = {0x6666666666666658, 0x6666666666666666, 0x6666666666666666, 0x6666666666666666};
constexpr uint64_t kD[4] = {0x75eb4dca135978a3, 0x00700a4d4141d8ab, 0x8cc740797779e898, 0x52036cee2b6ffe73};
constexpr uint64_t kOneHalf[4] = {0xfffffffffffffff7, 0xffffffffffffffff, 0xffffffffffffffff, 0x3fffffffffffffff};
constexpr uint64_t kHalfOfOne[4] = {0x2c09318d2e7ae9f7, 0x0a6f7cef517bce6b, 0, 0x0800000000000000};  // (L + 1) / 2
constexpr uint8_t kSha256[32] = {0xe1, 0xbf, 0x49, 0xa7, 0xef, 0x0c, 0xc2, 0x0d, 0xeb, 0xba, 0xa2,
                                 0x02, 0x86, 0x51, 0x83, 0x57, 0x1e, 0xd7, 0xf0, 0xb4, 0xac, 0x21,
                                 0xa4, 0x32, 0x8a, 0x19, 0x12, 0x50, 0x82, 0x99, 0x5c, 0xb1};

// Extended coordinates: x = X/Z, y = Y/Z, x y = T/Z.
struct Point {
  Element x, y, z, t;
};

// RFC 8032 5.1.4, for any two points.
Point sum(const Point& p, const Point& q, const Element& d) {
  const Element a = (p.y - p.x) * (q.y - q.x);
  const Element b = (p.y + p.x) * (q.y + q.x);
  const Element c = (p.t * q.t) * (d + d);
  const Element one = p.z * q.z;
  const Element e = b - a, h = b + a;
  const Element f = (one + one) - c, g = (one + one) + c;
  return {e * f, g * h, f * g, e * h};
}

Element inverse(const Element& a) {
  uint64_t words[4];
  words_of(a, words);
  inverse25519(words);
  return element_of(words);
}

class Maker {
 public:
  std::unique_ptr<BaseTable> make() {
    auto table = std::make_unique<BaseTable>();
    const Element x = element_of(kX), y = element_of(kY);
    const Element one = {{1, 0, 0, 0, 0}}, none = {{0, 0, 0, 0, 0}};
    const Point base = {x, y, one, x * y};
    Point half = {none, one, one, none};
    for (int bit = 251; bit >= 0; --bit) {
      half = sum(half, half, d_);
      if ((kHalfOfOne[bit / 64] >> (bit % 64) & 1) != 0) half = sum(half, base, d_);
    }
    for (int window = 0; window < kWindows; ++window) {
      const Point step = sum(half, half, d_);
      Point entry = half;
      for (int j = 0; j <= kEntries; ++j) {
        points_.push_back(entry);
        entry = sum(entry, step, d_);
      }
      for (int i = 0; i < 7; ++i) half = sum(half, half, d_);
    }
    write(*table);
    return table;
  }

 private:
  void write(BaseTable& table) {
    const Element one = {{1, 0, 0, 0, 0}};
    divide_all(points_, one, inverse, [&](size_t i, const Element& z) {
      const size_t window = i / (kEntries + 1), j = i % (kEntries + 1);
      if (j < kEntries) {
        put(points_[i], z, table.windows + window * kWindowStride + j, kWordStride);
      } else if (window == kWindows - 1) {
        put(points_[i], z, table.beyond, 1);
      }
    });
  }

  void put(const Point& point, const Element& z, uint64_t* to, size_t stride) const {
    const Element x = point.x * z, y = point.y * z;
    const Element coordinates[kCoordinates] = {(y + x) * half_, (y - x) * half_, x * y * d_};
    for (int c = 0; c < kCoordinates; ++c) {
      uint64_t words[kWords];
      words_of(coordinates[c], words);
      for (int w = 0; w < kWords; ++w) to[(c * kWords + w) * stride] = words[w];
    }
  }

  const Element d_ = element_of(kD), half_ = element_of(kOneHalf);
  std::vector<Point> points_;
};

const BaseTable* make() {
  auto table = Maker().make();
  const uint64_t* const from = table->windows;
  return known_table(std::move(table), from, sizeof table->windows + sizeof table->beyond, kSha256);
}

}  // namespace

const BaseTable* base_table() {
  static const BaseTable* const table = make();
  return table;
}

}  // namespace signet::lanes
