#include "daemon/http/head_check.h"

#include <gtest/gtest.h>
#include <llhttp.h>

#include "daemon/http/chunked_decoder.h"
#include "daemon/http/date_cache.h"
#include "daemon/http/head_scan.h"
#include "daemon/http/llhttp_check.h"
#include "daemon/http/status.h"
#include "tests/daemon/http/framing_cases.h"

namespace signet::http {
namespace {

HeadResult check(std::string_view octets, ParsedHead& head) { return check_head(octets, Limits{}, head); }

TEST(HeadCheck, CollectsFields) {
  ParsedHead head;
  const std::string octets =
      "POST /oauth2/token?a=b HTTP/1.1\r\nHost: h\r\nAuthorization:  Basic eA== \t\r\n"
      "content-type: application/x-www-form-urlencoded\r\nIf-None-Match: \"1\"\r\nContent-Length: 12\r\n\r\nbody";
  ASSERT_EQ(check(octets, head).verdict, HeadVerdict::kAccepted);
  EXPECT_EQ(head.size, octets.size() - 4);
  EXPECT_EQ(head.method, Method::kPost);
  EXPECT_EQ(head.path, "/oauth2/token");
  EXPECT_EQ(head.query, "a=b");
  EXPECT_EQ(head.authorization, "Basic eA==");
  EXPECT_EQ(head.content_type, "application/x-www-form-urlencoded");
  EXPECT_EQ(head.if_none_match, "\"1\"");
  EXPECT_EQ(head.content_length, 12U);
  EXPECT_EQ(head.field_count, 5U);
  EXPECT_EQ(head.fields[1].name, "Authorization");
  EXPECT_FALSE(head.repeated_authorization);
}

TEST(HeadCheck, TellsRepeatedCredentials) {
  ParsedHead head;
  const std::string octets =
      "GET / HTTP/1.1\r\nHost: h\r\nAuthorization: a\r\nauthorization: b\r\nContent-Type:\r\nContent-Type: x\r\n\r\n";
  ASSERT_EQ(check(octets, head).verdict, HeadVerdict::kAccepted);
  EXPECT_TRUE(head.repeated_authorization);
  EXPECT_TRUE(head.repeated_content_type);
  EXPECT_EQ(head.authorization, "a");
}

TEST(HeadCheck, NothingRemainsOfTheHeadBefore) {
  ParsedHead head;
  check("POST /?q HTTP/1.1\r\nHost: h\r\nAuthorization: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n", head);
  ASSERT_EQ(check("GET / HTTP/1.0\r\n\r\n", head).verdict, HeadVerdict::kAccepted);
  EXPECT_EQ(head.authorization.data(), nullptr);
  EXPECT_FALSE(head.has_content_length || head.has_query || head.expect_continue || head.keep_alive || head.chunked);
  EXPECT_EQ(head.content_length, 0U);
  EXPECT_EQ(head.field_count, 0U);
}

// Every prefix of an accepted head is incomplete, and an offence is reported the same way at whatever length it shows.
TEST(HeadCheck, PrefixesAreIncompleteOrRefusedAlike) {
  ParsedHead head;
  for (const FramingCase& row : framing_cases()) {
    const HeadResult whole = check(row.octets, head);
    const size_t end = whole.verdict == HeadVerdict::kAccepted ? head.size : row.octets.size();
    for (size_t size = 0; size < end; ++size) {
      // A copy of exact size, so that a sanitizer sees any read past the end.
      const std::vector<char> prefix(row.octets.begin(), row.octets.begin() + static_cast<ptrdiff_t>(size));
      const HeadResult part = check({prefix.data(), prefix.size()}, head);
      ASSERT_NE(part.verdict, HeadVerdict::kAccepted) << row.rule;
      if (part.verdict == HeadVerdict::kRefused) {
        ASSERT_EQ(part.refusal, whole.refusal) << row.rule << " at " << size;
      }
    }
  }
}

TEST(HeadCheck, EachRefusalHasItsStatusAndText) {
  for (size_t i = 1; i < static_cast<size_t>(HeadRefusal::kCount); ++i) {
    const HeadRefusalText& text = head_refusal_text(static_cast<HeadRefusal>(i));
    EXPECT_GE(text.status, 400);
    EXPECT_FALSE(text.description.empty());
    EXPECT_EQ(text.description.find_first_of("\"\\"), std::string_view::npos);
  }
}

// The vector code must agree with the grammar for every octet at every place of a block.
TEST(HeadScan, TokenEndAgreesWithTheGrammar) {
  const std::string_view others = "!#$%&'*+-.^_`|~";
  for (unsigned c = 0; c < 256; ++c) {
    const auto octet = static_cast<char>(c);
    const bool token = (octet >= '0' && octet <= '9') || (octet >= 'a' && octet <= 'z') ||
                       (octet >= 'A' && octet <= 'Z') || others.find(octet) != std::string_view::npos;
    const bool control = c < 0x20 || c == 0x7F;
    for (size_t at = 0; at < 40; ++at) {
      std::string text(41, 'x');
      text[40] = ':';
      text[at] = octet;
      const char* end = text.data() + text.size();
      EXPECT_EQ(find_token_end(text.data(), end) - text.data(), token ? 40 : static_cast<ptrdiff_t>(at)) << c;
      EXPECT_EQ(find_control(text.data(), end) - text.data(), control ? static_cast<ptrdiff_t>(at) : 41) << c;
    }
  }
}

TEST(HeadScan, TokenIsFoldsCaseAndNothingElse) {
  for (unsigned c = 0; c < 256; ++c) {
    std::string name = "content-length";
    for (size_t at = 0; at < name.size(); ++at) {
      std::string changed = name;
      changed[at] = static_cast<char>(c);
      if (!has_class(changed[at], kTokenChar)) continue;
      const bool same = changed[at] == name[at] ||
                        (changed[at] >= 'A' && changed[at] <= 'Z' && (c | 0x20U) == static_cast<unsigned>(name[at]));
      EXPECT_EQ(token_is(changed.data(), "content-length"), same) << at << " " << c;
    }
  }
  EXPECT_TRUE(token_is("HoSt", "host"));
  EXPECT_FALSE(token_is("Hos-", "host"));
  EXPECT_TRUE(token_is("Transfer-ENCODING", "transfer-encoding"));
}

// llhttp on its own, to prove how it was compiled.
llhttp_errno_t run_llhttp(std::string_view octets) {
  llhttp_settings_t settings{};
  llhttp_t parser;
  llhttp_init(&parser, HTTP_REQUEST, &settings);
  return llhttp_execute(&parser, octets.data(), octets.size());
}

TEST(Llhttp, IsCompiledInStrictMode) {
  EXPECT_EQ(run_llhttp("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), HPE_OK);
  // Each of these is accepted by llhttp 8.1.0 compiled without LLHTTP_STRICT_MODE.
  EXPECT_NE(run_llhttp("GET / HTTP/1.1\r\nX: y\rZ: 1\r\n\r\n"), HPE_OK);           // CVE-2023-30589
  EXPECT_NE(run_llhttp("GET / HTTP/1.1\r\nHost: h\r\n\rGET / HTTP/1.1"), HPE_OK);  // CVE-2025-23167
  EXPECT_NE(run_llhttp("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcXX0\r\n\r\n"), HPE_OK);
}

TEST(Llhttp, DisagreementIsARefusal) {
  ParsedHead head;
  const std::string octets = "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n";
  ASSERT_EQ(check(octets, head).verdict, HeadVerdict::kAccepted);
  EXPECT_EQ(llhttp_check(octets, head), HeadRefusal::kNone);
  ParsedHead other = head;
  other.content_length = 4;
  EXPECT_EQ(llhttp_check(octets, other), HeadRefusal::kParsersDisagree);
  other = head;
  other.chunked = true;
  EXPECT_EQ(llhttp_check(octets, other), HeadRefusal::kParsersDisagree);
  other = head;
  other.method_text = "GET";
  EXPECT_EQ(llhttp_check(octets, other), HeadRefusal::kParsersDisagree);
  other = head;
  other.minor_version = 0;
  EXPECT_EQ(llhttp_check(octets, other), HeadRefusal::kParsersDisagree);
  EXPECT_EQ(llhttp_check(octets + "X", head), HeadRefusal::kParsersDisagree);
  EXPECT_EQ(llhttp_check(octets.substr(0, octets.size() - 1), head), HeadRefusal::kParsersDisagree);
}

TEST(Llhttp, AgreesWithEveryAcceptedHead) {
  ParsedHead head;
  size_t accepted = 0;
  for (const FramingCase& row : framing_cases()) {
    if (check(row.octets, head).verdict != HeadVerdict::kAccepted) continue;
    ++accepted;
    const HeadRefusal refusal = llhttp_check(std::string_view(row.octets).substr(0, head.size), head);
    EXPECT_EQ(refusal, row.status == 501 ? HeadRefusal::kMethodUnknown : HeadRefusal::kNone) << row.rule;
  }
  EXPECT_GT(accepted, 20U);
}

TEST(ChunkedDecoder, SplitAtEveryOctetGivesTheSameContent) {
  const std::string raw = "5\r\nhello\r\n1\r\n,\r\n6\r\n world\r\n0\r\n\r\nNEXT";
  for (size_t split = 0; split <= raw.size() - 4; ++split) {
    std::string octets = raw;
    ChunkedDecoder decoder;
    decoder.start(100);
    const auto first = decoder.decode(octets.data(), split, octets.data());
    ChunkedDecoder::Result second{first.status, 0, 0};
    if (first.status == ChunkedDecoder::Status::kMore) {
      second = decoder.decode(octets.data() + split, octets.size() - split, octets.data() + first.produced);
    }
    EXPECT_EQ(second.status, ChunkedDecoder::Status::kDone);
    EXPECT_EQ(first.consumed + second.consumed, raw.size() - 4);
    EXPECT_EQ(octets.substr(0, first.produced + second.produced), "hello, world");
  }
}

TEST(ChunkedDecoder, LimitCountsContentOfAllChunks) {
  ChunkedDecoder decoder;
  std::string octets = "3\r\nabc\r\n3\r\nabc\r\n0\r\n\r\n";
  decoder.start(5);
  EXPECT_EQ(decoder.decode(octets.data(), octets.size(), octets.data()).status, ChunkedDecoder::Status::kTooLarge);
  octets = "3\r\nabc\r\n2\r\nab\r\n0\r\n\r\n";
  decoder.start(5);
  EXPECT_EQ(decoder.decode(octets.data(), octets.size(), octets.data()).status, ChunkedDecoder::Status::kDone);
}

// RFC 9112 section 4: the reason may be empty.
TEST(StatusLine, AStatusWithoutANameKeepsItsNumber) {
  EXPECT_EQ(status_line(299), "HTTP/1.1 299 \r\n");
  EXPECT_EQ(status_line(418), "HTTP/1.1 418 \r\n");
  EXPECT_EQ(status_line(599), "HTTP/1.1 599 \r\n");
}

TEST(StatusLine, WhatIsNoStatusIsAServerError) {
  EXPECT_EQ(status_line(200), "HTTP/1.1 200 OK\r\n");
  EXPECT_EQ(status_line(431), "HTTP/1.1 431 Request Header Fields Too Large\r\n");
  EXPECT_EQ(status_line(500), "HTTP/1.1 500 Internal Server Error\r\n");
  for (int status : {-1, 0, 99, 199, 600, 100'000}) {
    EXPECT_EQ(status_line(status), "HTTP/1.1 500 Internal Server Error\r\n") << status;
  }
}

TEST(DateCache, FormatsTheDateOfTheRfc) {  // RFC 9110 5.6.7
  DateCache date;
  EXPECT_EQ(date.field_at(784111777), "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
  EXPECT_EQ(date.field_at(4294967296), "Date: Sun, 07 Feb 2106 06:28:16 GMT\r\n");
}

}  // namespace
}  // namespace signet::http
