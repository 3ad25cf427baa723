// What the makers of the tables of base points share.
#pragma once

#include <openssl/sha.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

namespace signet::lanes {

// divide_all calls put(i, 1 / points[i].z) for each point, with one inversion for all: Montgomery's trick. No z is
// zero; `inverse` inverts an element.
template <class Element, class Point, class Inverse, class Put>
void divide_all(const std::vector<Point>& points, const Element& one, Inverse inverse, Put put) {
  std::vector<Element> before;
  Element product = one;
  for (const Point& point : points) {
    before.push_back(product);
    product = product * point.z;
  }
  Element rest = inverse(product);
  for (size_t i = points.size(); i-- > 0;) {
    put(i, rest * before[i]);
    rest = rest * points[i].z;
  }
}

// known_table: the table for good when the first `size` octets of `from`, which is in it, have the hash; else null.
template <class Table>
const Table* known_table(std::unique_ptr<Table> table, const uint64_t* from, size_t size,
                         const uint8_t (&sha256)[SHA256_DIGEST_LENGTH]) {
  uint8_t hash[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const uint8_t*>(from), size, hash);
  return std::memcmp(hash, sha256, sizeof hash) == 0 ? table.release() : nullptr;
}

}  // namespace signet::lanes
