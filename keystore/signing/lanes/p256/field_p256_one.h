// The field of P-256, one element at a time: for the table of base points, which is public. Not in constant time.
#pragma once

#include <cstdint>

namespace signet::lanes::p256 {

// Below p, times 2^256 (Montgomery), little-endian words.
struct Element {
  uint64_t word[4];
};

Element element_of(const uint64_t (&words)[4]);
// The words of the element times 2^260, as the lanes have it.
void lane_words_of(const Element& a, uint64_t (&words)[4]);

Element operator+(const Element& a, const Element& b);
Element operator-(const Element& a, const Element& b);
Element operator*(const Element& a, const Element& b);
Element inverse(const Element& a);

}  // namespace signet::lanes::p256
