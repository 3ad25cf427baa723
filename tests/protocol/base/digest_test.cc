#include "protocol/base/digest.h"

#include <gtest/gtest.h>

#include <string>

#include "protocol/base/sha256_stream.h"

namespace signet {
namespace {

std::string hex(ByteSpan bytes) {
  static constexpr char kDigitsHex[] = "0123456789abcdef";
  std::string out;
  for (uint8_t b : bytes) out += {kDigitsHex[b >> 4], kDigitsHex[b & 15]};
  return out;
}

HashKey counting_key() {
  HashKey key;
  for (size_t i = 0; i < key.size(); ++i) key[i] = static_cast<uint8_t>(i);
  return key;
}

TEST(Digest, Sha256GivesTheFips180Examples) {
  EXPECT_EQ(hex(sha256(as_bytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hex(sha256(as_bytes(std::string(1'000'000, 'a')))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

// Appendix A of the paper on SipHash (Aumasson and Bernstein, 2012), and the first of its reference vectors.
TEST(Sha256Stream, PiecesOfAnySizeGiveTheDigestOfTheWhole) {
  std::string whole;
  for (int i = 0; i < 1000; ++i) whole.push_back(static_cast<char>(i * 7));
  for (const size_t piece : {1UL, 63UL, 64UL, 65UL, 999UL, 1000UL}) {
    Sha256Stream stream;
    for (size_t at = 0; at < whole.size(); at += piece)
      stream.add(as_bytes(whole).subspan(at, std::min(piece, whole.size() - at)));
    EXPECT_EQ(stream.finish(), sha256(as_bytes(whole))) << piece;
  }
  EXPECT_EQ(Sha256Stream().finish(), sha256({}));
}

TEST(Digest, ShortHashIsSipHash24) {
  ASSERT_TRUE(digest_start());
  ShortHashKey key;
  for (size_t i = 0; i < key.size(); ++i) key[i] = static_cast<uint8_t>(i);
  EXPECT_EQ(short_hash(key, ByteSpan(key).first(15)), 0xA129CA6149BE45E5u);
  EXPECT_EQ(short_hash(key, {}), 0x726FDB47DD0E0E31u);
}

TEST(Digest, KeyedHashesDifferByKeyMessageAndSize) {
  ASSERT_TRUE(digest_start());
  HashKey other = counting_key();
  other[31] ^= 1;
  const KeyedHash256 hash = keyed_hash_256(counting_key(), as_bytes("token"));
  EXPECT_NE(hash, keyed_hash_256(other, as_bytes("token")));
  EXPECT_NE(hash, keyed_hash_256(counting_key(), as_bytes("Token")));
  const KeyedHash128 small = keyed_hash_128(counting_key(), as_bytes("token"));
  EXPECT_FALSE(std::equal(small.begin(), small.end(), hash.begin()));  // BLAKE2b binds its output size
}

// Computed with Python's hashlib.blake2b(msg, key=bytes(range(32)), digest_size=n), an independent implementation.
TEST(Digest, KeyedHashesAreBlake2bOfRfc7693) {
  EXPECT_EQ(hex(keyed_hash_256(counting_key(), as_bytes("signet"))),
            "34f35ddf1565b67f7a5121b04c4600994d60bc1b4d57a5ffdfb839c1b07afe48");
  EXPECT_EQ(hex(keyed_hash_128(counting_key(), as_bytes("signet"))), "dbbcb80280f447406ab71a8e52ba273e");
  EXPECT_EQ(hex(derive_key(counting_key(), "rt-mac")),
            "0285dcdabd679dcba2e1f4c2f29e4670c900d1231d66cefc0ec00df2479a42b2");
}

TEST(Digest, DerivedKeysDifferByLabel) {
  const HashKey root = counting_key();
  EXPECT_NE(derive_key(root, "rt-mac"), derive_key(root, "rt-next"));
  EXPECT_NE(derive_key(root, ""), derive_key(root, std::string_view("\0", 1)));
  EXPECT_NE(derive_key(root, "rt-mac"), keyed_hash_256(root, as_bytes("rt-mac")));
}

TEST(Digest, ConstantTimeEqualSeesOneBitAnywhere) {
  for (const size_t size : {1u, 16u, 32u, 64u, 77u}) {  // those of digests and signatures have a path of their own
    const std::string a(size, 'x');
    for (size_t bit = 0; bit < 8 * a.size(); ++bit) {
      std::string b = a;
      b[bit / 8] = static_cast<char>(b[bit / 8] ^ (1 << bit % 8));
      EXPECT_FALSE(constant_time_equal(as_bytes(a), as_bytes(b))) << size << ' ' << bit;
    }
    EXPECT_TRUE(constant_time_equal(as_bytes(a), as_bytes(std::string(a))));
  }
  EXPECT_TRUE(constant_time_equal({}, {}));
}

TEST(Digest, ConstantTimeEqualRefusesAPrefix) {
  EXPECT_FALSE(constant_time_equal(as_bytes("secret"), as_bytes("secre")));
  EXPECT_FALSE(constant_time_equal(as_bytes("secret"), {}));
}

}  // namespace
}  // namespace signet
