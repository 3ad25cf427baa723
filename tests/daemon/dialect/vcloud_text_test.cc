// What vCloud Director's clients send as text: filters, codes, identifiers, versions, names with an organisation.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "daemon/dialect/accept_version.h"
#include "daemon/dialect/vcloud/device.h"
#include "daemon/dialect/vcloud/filter.h"
#include "daemon/dialect/vcloud/listing.h"
#include "daemon/dialect/vcloud/names.h"
#include "daemon/dialect/vcloud/poll_times.h"

namespace signet {
namespace {

using Object = std::map<std::string, std::string, std::less<>>;

bool matches(std::string_view filter, const Object& object) {
  const auto read = FiqlFilter::read(filter);
  EXPECT_TRUE(read.has_value()) << filter;
  return read && read->matches([&](std::string_view name) -> std::optional<std::string_view> {
    const auto at = object.find(name);
    if (at == object.end()) return std::nullopt;
    return at->second;
  });
}

TEST(FiqlFilterTest, ComparesAndCombines) {
  const Object one{{"name", "a b"}, {"type", "REFRESH"}, {"owner.name", "ann"}};
  EXPECT_TRUE(matches("", one));
  EXPECT_TRUE(matches("name==a b", one));
  EXPECT_TRUE(matches("(name==a b;owner.name==ann;(type==PROXY,type==REFRESH))", one));
  EXPECT_TRUE(matches("type==PROXY,type==REFRESH;name==a b", one)) << "; binds closer";
  EXPECT_TRUE(matches("name==a*", one));
  EXPECT_TRUE(matches("name==*b", one));
  EXPECT_TRUE(matches("name!=x", one));
  EXPECT_TRUE(matches("name==x,name==*", one));
  EXPECT_FALSE(matches("name==A B", one));
  EXPECT_FALSE(matches("name==a", one));
  EXPECT_FALSE(matches("name!=a*", one));
  EXPECT_FALSE(matches("other==a", one));
  EXPECT_FALSE(matches("other!=a", one)) << "what is not there matches nothing";
  EXPECT_FALSE(matches("type==REFRESH;name==x", one));
}

TEST(FiqlFilterTest, WhatIsNoneIsRefused) {
  for (const std::string& text :
       {std::string("name"), std::string("name="), std::string("name=="), std::string("==a"), std::string("name=gt=1"),
        std::string("(name==a"), std::string("name==a)"), std::string("name==a;"), std::string(";name==a"),
        std::string("()"), std::string("na me==a"), std::string("name==a;;type==b"), std::string("name<a"),
        std::string(40, '(') + "name==a" + std::string(40, ')'), std::string("name==") + std::string(5000, 'x')}) {
    EXPECT_FALSE(FiqlFilter::read(text)) << text.substr(0, 60);
  }
  EXPECT_TRUE(FiqlFilter::read(std::string(16, '(') + "name==a" + std::string(16, ')')));
}

// A pattern of stars and a long text must not take for ever.
TEST(FiqlFilterTest, StarsCostNoMoreThanTheirProduct) {
  std::string pattern = "name==";
  for (int i = 0; i < 200; ++i) pattern += "*a";
  pattern += "b";
  EXPECT_FALSE(matches(pattern, {{"name", std::string(1000, 'a')}}));
}

TEST(FiqlFilterTest, TellsWhatAMatchMustHave) {
  EXPECT_EQ(FiqlFilter::read("(name==a;owner.name==ann)")->required("owner.name"), "ann");
  EXPECT_EQ(FiqlFilter::read("owner.name==ann")->required("owner.name"), "ann");
  EXPECT_EQ(FiqlFilter::read("owner.name==ann,owner.name==bob")->required("owner.name"), "");
  EXPECT_EQ(FiqlFilter::read("owner.name==a*")->required("owner.name"), "");
  EXPECT_EQ(FiqlFilter::read("owner.name!=ann")->required("owner.name"), "");
  EXPECT_EQ(FiqlFilter::read("")->required("owner.name"), "");
}

TEST(ListingTest, APageBehindTheEndIsEmptyAndCountsAllTheSame) {
  ListQuery query;
  query.page_size = 2;
  query.page = 3;
  const std::vector<std::string> all{"b", "a", "c"};
  size_t rendered = 0;
  const auto render = [&](size_t i) {
    ++rendered;
    return "\"" + all[i] + "\"";
  };
  EXPECT_EQ(list_json(query, all, render), R"({"resultTotal":3,"pageCount":2,"page":3,"pageSize":2,"values":[]})");
  query.page = 1;
  EXPECT_EQ(rendered, 0u);
  EXPECT_EQ(list_json(query, all, render),
            R"({"resultTotal":3,"pageCount":2,"page":1,"pageSize":2,"values":["a","b"]})");
  query.descending = true;
  EXPECT_EQ(list_json(query, all, render),
            R"({"resultTotal":3,"pageCount":2,"page":1,"pageSize":2,"values":["c","b"]})");
  EXPECT_EQ(list_json({}, {}, render), R"({"resultTotal":0,"pageCount":0,"page":1,"pageSize":25,"values":[]})");
}

TEST(VcloudNamesTest, UuidsAreReadInAnyCaseAndNothingElseIs) {
  const std::string uuid = new_uuid();
  EXPECT_EQ(read_uuid(uuid), uuid);
  EXPECT_EQ(uuid[14], '4');
  EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos);
  EXPECT_EQ(read_uuid("ABCDEF01-2345-4678-9ABC-DEF012345678"), "abcdef01-2345-4678-9abc-def012345678");
  EXPECT_EQ(uuid_of_urn("urn:vcloud:token:" + uuid, kTokenUrn), uuid);
  for (const std::string& wrong : {std::string(), uuid.substr(1), uuid + "0", std::string(36, '-'),
                                   std::string(36, 'a'), std::string("gbcdef01-2345-4678-9abc-def012345678")}) {
    EXPECT_FALSE(read_uuid(wrong)) << wrong;
    EXPECT_FALSE(uuid_of_urn("urn:vcloud:token:" + wrong, kTokenUrn)) << wrong;
  }
  EXPECT_FALSE(uuid_of_urn("urn:vcloud:serviceAccount:" + uuid, kTokenUrn));
}

TEST(VcloudNamesTest, NoTwoListsOfTextsShareADigest) {
  EXPECT_NE(digest_name({"ab", "c"}), digest_name({"a", "bc"}));
  EXPECT_NE(digest_name({"abc"}), digest_name({"abc", ""}));
  EXPECT_EQ(digest_name({"abc"}).size(), 32u);
}

TEST(VcloudDeviceTest, UserCodesAreReadHoweverPeopleTypeThem) {
  const std::string code = new_user_code();
  ASSERT_EQ(code.size(), 9u);
  EXPECT_EQ(code[4], '-');
  std::string lower = code;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : ' ';
  EXPECT_EQ(user_code_record_id(code), user_code_record_id(lower));
  EXPECT_EQ(user_code_record_id(code).size(), 10u);
  for (const std::string& wrong : {std::string(), std::string("BCDF-GHJ"), code + "B", std::string("AAAA-AAAA"),
                                   std::string("BCDF-GH1J"), std::string("bcdf-ghj\xc3\xa9")}) {
    EXPECT_EQ(user_code_record_id(wrong), "") << wrong;
  }
  std::set<std::string> codes;
  for (int i = 0; i < 100; ++i) codes.insert(new_user_code());
  EXPECT_EQ(codes.size(), 100u);
}

TEST(VcloudDeviceTest, ARequestReadsBackAndNothingElseDoes) {
  const VcloudDevice device{.account = new_uuid(),
                            .user_code = new_user_code(),
                            .status = VcloudDeviceStatus::kGranted,
                            .expires_at = 1'700'000'000};
  const auto read = read_device(device_json(device));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->account, device.account);
  EXPECT_EQ(read->user_code, device.user_code);
  EXPECT_EQ(read->status, device.status);
  EXPECT_EQ(read->expires_at, device.expires_at);
  for (const char* wrong : {"", "{}", "[]", R"({"account":"a","user_code":"b","status":"granted"})"}) {
    EXPECT_FALSE(read_device(wrong)) << wrong;
  }
  EXPECT_EQ(read_device(R"({"account":"a","user_code":"b","status":"?","expires_at":1})")->status,
            VcloudDeviceStatus::kDenied);
}

TEST(PollTimesTest, OnlyTheSameCodeWithinTheIntervalIsTooFast) {
  PollTimes times;
  constexpr uint64_t kSecond = 1'000'000'000;
  EXPECT_FALSE(times.too_fast("d/a", 100 * kSecond, 5));
  EXPECT_FALSE(times.too_fast("d/b", 100 * kSecond, 5));
  EXPECT_TRUE(times.too_fast("d/a", 104 * kSecond, 5));
  EXPECT_TRUE(times.too_fast("d/a", 108 * kSecond, 5)) << "counted from the poll before";
  EXPECT_FALSE(times.too_fast("d/a", 113 * kSecond, 5));
}

bool takes(std::string_view accept, std::vector<std::string> versions = {"36.0", "37.0"}) {
  Dialect dialect;
  dialect.accept_versions = std::move(versions);
  http::Request request;
  const std::array<http::HeaderField, 1> fields{{{"Accept", accept}}};
  request.fields = fields;
  return takes_version(dialect, request);
}

TEST(AcceptVersionTest, OnlyANamedVersionIsLookedAt) {
  for (const char* accept :
       {"", "*/*", "application/json", "application/json;version=", "application/json; version=37.0",
        "application/*+xml;version=36.0", "application/*;Version=37.0;q=1",
        "application/json;version=9.9, application/json;version=36.0"}) {
    EXPECT_TRUE(takes(accept)) << accept;
  }
  for (const char* accept : {"application/json;version=9.9", "application/json;version=37", "*/*;version=36.0x",
                             "a/b;version=1,c/d;version=2"}) {
    EXPECT_FALSE(takes(accept)) << accept;
    EXPECT_TRUE(takes(accept, {})) << "a dialect without versions does not look";
  }
}

}  // namespace
}  // namespace signet
