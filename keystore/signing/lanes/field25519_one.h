// The field of 2^255 - 19, one element at a time: for the table of base points, which is public, and for the one
// inversion of a group of signatures (inverse25519.h), which is not. Five limbs of 51 bits.
#pragma once

#include <cstdint>

namespace signet::lanes {

// Limbs below 2^54 when multiplied; a product's are below 2^52.
struct Element {
  uint64_t limb[5];
};

Element element_of(const uint64_t (&words)[4]);
// The words of the representative below the prime.
void words_of(const Element& a, uint64_t (&words)[4]);

Element operator+(const Element& a, const Element& b);  // of products
Element operator-(const Element& a, const Element& b);  // of products
Element operator*(const Element& a, const Element& b);

}  // namespace signet::lanes
