#include "protocol/base/base64url.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <string>
#include <vector>

#include "protocol/base/base64url_internal.h"

namespace signet {
namespace {

std::string encode(std::string_view text) {
  std::string out(base64url_encoded_size(text.size()), '?');
  EXPECT_EQ(base64url_encode(as_bytes(text), out.data()), out.size());
  return out;
}

std::optional<std::string> decode(std::string_view text) {
  std::string out(base64url_decoded_size_max(text.size()), '?');
  const auto size = base64url_decode(text, {reinterpret_cast<uint8_t*>(out.data()), out.size()});
  if (!size) return std::nullopt;
  EXPECT_LE(*size, out.size());
  out.resize(*size);
  return out;
}

std::optional<std::string> decode_standard(std::string_view text) {
  std::string out(text.size(), '?');
  const auto size = base64_decode(text, {reinterpret_cast<uint8_t*>(out.data()), out.size()});
  if (!size) return std::nullopt;
  out.resize(*size);
  return out;
}

TEST(Base64Url, EncodesTheRfc4648VectorsWithoutPadding) {  // RFC 4648 section 10
  EXPECT_EQ(encode(""), "");
  EXPECT_EQ(encode("f"), "Zg");
  EXPECT_EQ(encode("fo"), "Zm8");
  EXPECT_EQ(encode("foo"), "Zm9v");
  EXPECT_EQ(encode("foob"), "Zm9vYg");
  EXPECT_EQ(encode("fooba"), "Zm9vYmE");
  EXPECT_EQ(encode("foobar"), "Zm9vYmFy");
}

TEST(Base64Url, EncodesTheRfc7515AppendixCOctetsInTheUrlAlphabet) {
  const std::string octets{3, static_cast<char>(236), static_cast<char>(255), static_cast<char>(224),
                           static_cast<char>(193)};
  EXPECT_EQ(encode(octets), "A-z_4ME");
  EXPECT_EQ(decode("A-z_4ME"), octets);
}

// Every vector encoder against the scalar one, for each size at the very end of a page whose successor is not mapped:
// an octet read too far is a fault, and the characters after the end must stay untouched.
TEST(Base64Url, VectorEncodersAgreeWithTheScalarOneAndStayInsideTheirRanges) {
  constexpr size_t kPage = 4096, kSizeMax = 700;
  void* pages = mmap(nullptr, 2 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(pages, MAP_FAILED);
  uint8_t* const end = static_cast<uint8_t*>(pages) + kPage;
  ASSERT_EQ(mprotect(end, kPage, PROT_NONE), 0);
  std::vector<internal::Base64UrlEncoder> encoders;
  if (internal::base64url_has_avx2()) encoders.push_back(internal::base64url_encode_avx2);
  if (internal::base64url_has_vbmi()) encoders.push_back(internal::base64url_encode_vbmi);
  uint32_t noise = 1;
  for (uint8_t* p = end - kSizeMax; p < end; ++p)
    *p = static_cast<uint8_t>((noise = noise * 1664525 + 1013904223) >> 24);
  for (size_t size = 0; size <= kSizeMax; ++size) {
    const size_t characters = base64url_encoded_size(size);
    std::string expected(characters + 64, '!');
    ASSERT_EQ(internal::base64url_encode_scalar(end - size, size, expected.data()), characters);
    for (const auto encoder : encoders) {
      std::string out(characters + 64, '!');
      ASSERT_EQ(encoder(end - size, size, out.data()), characters);
      ASSERT_EQ(out, expected) << size;
    }
    const auto back = decode({expected.data(), characters});
    ASSERT_TRUE(back);
    ASSERT_EQ(*back, as_text({end - size, size}));
  }
  munmap(pages, 2 * kPage);
}

// Both decoders, told by name where one is wrong.
struct NamedDecoder {
  const char* name;
  internal::Base64UrlDecoder decode;
};

std::vector<NamedDecoder> decoders() {
  std::vector<NamedDecoder> all{{"scalar", internal::base64url_decode_scalar}};
  if (internal::base64url_has_vbmi()) all.push_back({"vbmi", internal::base64url_decode_vbmi});
  return all;
}

TEST(Base64Url, EveryDecoderTakesEveryLengthAndStaysInsideItsRanges) {
  constexpr size_t kPage = 4096, kSizeMax = 700;
  void* pages = mmap(nullptr, 2 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(pages, MAP_FAILED);
  uint8_t* const end = static_cast<uint8_t*>(pages) + kPage;
  ASSERT_EQ(mprotect(end, kPage, PROT_NONE), 0);
  std::vector<uint8_t> octets(kSizeMax);
  uint32_t noise = 2;
  for (uint8_t& octet : octets) octet = static_cast<uint8_t>((noise = noise * 1664525 + 1013904223) >> 24);
  for (size_t size = 0; size <= kSizeMax; ++size) {
    const size_t characters = base64url_encoded_size(size);
    uint8_t* const text = end - characters;
    internal::base64url_encode_scalar(octets.data(), size, reinterpret_cast<char*>(text));
    const std::vector<uint8_t> expected(octets.begin(), octets.begin() + static_cast<ptrdiff_t>(size));
    for (const auto& decoder : decoders()) {
      std::vector<uint8_t> out(size + 64, '!');
      ASSERT_TRUE(decoder.decode(text, characters, out.data())) << decoder.name << size;
      ASSERT_TRUE(std::equal(expected.begin(), expected.end(), out.begin())) << decoder.name << size;
      ASSERT_EQ(std::count(out.begin() + static_cast<ptrdiff_t>(size), out.end(), '!'), 64) << decoder.name << size;
    }
  }
  munmap(pages, 2 * kPage);
}

TEST(Base64Url, EveryDecoderRefusesEveryOctetOutsideTheAlphabetAtEveryPlace) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (const auto& decoder : decoders()) {
    for (const size_t size : {3u, 62u, 64u, 67u, 130u}) {
      for (size_t place = 0; place < size; ++place) {
        for (int octet = 0; octet < 256; ++octet) {
          std::string text(size, 'A');
          text[place] = static_cast<char>(octet);
          uint8_t out[100];
          const bool digit = alphabet.find(text[place]) != std::string::npos;
          const bool unused = place + 1 == size && size % 4 != 0 && octet != 'A';  // see below
          if (digit && unused) continue;
          ASSERT_EQ(decoder.decode(as_bytes(text).data(), size, out), digit) << decoder.name << octet << ' ' << place;
        }
      }
    }
  }
}

TEST(Base64Url, EveryDecoderRefusesEveryUnusedBit) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (const auto& decoder : decoders()) {
    for (const size_t size : {2u, 3u, 6u, 7u, 62u, 63u, 66u, 67u}) {
      for (size_t digit = 0; digit < 64; ++digit) {
        std::string text(size, '_');
        text.back() = alphabet[digit];
        uint8_t out[100];
        const size_t unused = size % 4 == 2 ? 15 : 3;
        ASSERT_EQ(decoder.decode(as_bytes(text).data(), size, out), (digit & unused) == 0) << decoder.name << size;
      }
    }
  }
}

TEST(Base64Url, EveryDigitValueIsEncodedByEveryEncoder) {
  std::vector<uint8_t> octets(48);
  for (unsigned i = 0; i < 64; i += 4) {
    const uint32_t word = i << 18 | (i + 1) << 12 | (i + 2) << 6 | (i + 3);
    octets[i / 4 * 3] = static_cast<uint8_t>(word >> 16);
    octets[i / 4 * 3 + 1] = static_cast<uint8_t>(word >> 8);
    octets[i / 4 * 3 + 2] = static_cast<uint8_t>(word);
  }
  EXPECT_EQ(encode(as_text(octets)), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
}

TEST(Base64Url, RefusesPadding) {
  EXPECT_FALSE(decode("Zg=="));
  EXPECT_FALSE(decode("Zm8="));
  EXPECT_FALSE(decode("Zm9v===="));
}

TEST(Base64Url, RefusesTheStandardAlphabet) {
  EXPECT_FALSE(decode("A+z_"));
  EXPECT_FALSE(decode("A-z/"));
}

TEST(Base64Url, RefusesEveryOctetOutsideTheAlphabetAtEveryPlace) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (int octet = 0; octet < 256; ++octet) {
    const char c = static_cast<char>(octet);
    if (alphabet.find(c) != std::string::npos) continue;
    for (size_t size : {2u, 3u, 4u, 6u, 7u, 8u}) {
      for (size_t place = 0; place < size; ++place) {
        std::string text(size, 'A');
        text[place] = c;
        ASSERT_FALSE(decode(text)) << octet << " at " << place << " of " << size;
      }
    }
  }
}

TEST(Base64Url, RefusesNonZeroUnusedBits) {  // RFC 4648 section 3.5: two spellings of one token
  EXPECT_TRUE(decode("Zg"));
  for (const char* text : {"Zh", "Zi", "Zn", "Z_", "Zm9", "Zm-", "Zm_", "AAAAZh", "AAAAZm9"})
    EXPECT_FALSE(decode(text));
}

TEST(Base64Url, RefusesALengthNoEncodingHas) {
  EXPECT_FALSE(decode("A"));
  EXPECT_FALSE(decode("AAAAA"));
}

TEST(Base64Url, RefusesAnOutputThatIsTooSmall) {
  uint8_t out[2];
  EXPECT_FALSE(base64url_decode("AAAA", out));
}

TEST(Base64, TakesPaddingExactOrAbsent) {
  EXPECT_EQ(decode_standard("Zg=="), "f");
  EXPECT_EQ(decode_standard("Zm8="), "fo");
  EXPECT_EQ(decode_standard("Zg"), "f");
  EXPECT_EQ(decode_standard("QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), "Aladdin:open sesame");  // RFC 7617 section 2
  EXPECT_EQ(decode_standard("dGVzdDoxMjPCow=="), "test:123\u00A3");                   // RFC 7617 section 2.1
}

TEST(Base64, RefusesPaddingThatDoesNotFit) {
  for (const char* text : {"=", "==", "====", "Zg=", "Zg===", "Zm8==", "Zm9v=", "Zm9v==", "Z===", "Zg==Zg==", "Z=g="}) {
    EXPECT_FALSE(decode_standard(text)) << text;
  }
}

TEST(Base64, RefusesTheUrlAlphabetWhiteSpaceAndUnusedBits) {
  for (const char* text : {"A-z_", "Zm9v\n", " Zm9v", "Zh==", "Zm9="}) EXPECT_FALSE(decode_standard(text)) << text;
}

}  // namespace
}  // namespace signet
