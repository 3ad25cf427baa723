// The admin API's routes.
#include "daemon/admin/routes.h"

#include <gtest/gtest.h>

#include <set>

namespace signet {
namespace {

using enum http::Method;

TEST(AdminRoutesTest, FindsARouteWithItsArguments) {
  auto match = find_admin_route(kPost, "/v1/imports/ab12/chunks/7");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.route->serve, import_chunk);
  EXPECT_EQ(match.arguments, (std::vector<std::string_view>{"ab12", "7"}));
}

TEST(AdminRoutesTest, AnotherMethodIsToldWhatThePathTakes) {
  auto match = find_admin_route(kPut, "/v1/clients/c");
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allow, "GET, PATCH, DELETE");
}

class NoRouteTest : public testing::TestWithParam<const char*> {};

TEST_P(NoRouteTest, IsNotFound) {
  for (auto method : {kGet, kPost, kPatch, kDelete}) {
    auto match = find_admin_route(method, GetParam());
    EXPECT_EQ(match.route, nullptr);
    EXPECT_EQ(match.allow, "");
  }
}

INSTANTIATE_TEST_SUITE_P(All, NoRouteTest,
                         testing::Values("", "/", "*", "/v1", "/v1/", "/v1/client", "/v1/clients/",
                                         "/v1/clients//enable", "//v1/clients", "/v1/clients/c/enable/",
                                         "/v1/clients/c/enable/x", "/v1/imports/a/chunks/", "/v2/clients",
                                         "/v1/keys/{}"
                                         "/x",
                                         "/V1/clients", "/healthz"));

TEST(AdminRoutesTest, ASegmentIsTakenAsItIs) {
  auto match = find_admin_route(kGet, "/v1/clients/..%2f{}");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.arguments[0], "..%2f{}") << "the resource refuses it";
}

TEST(AdminRoutesTest, NoTwoRoutesAreTheSame) {
  std::set<std::pair<http::Method, std::string_view>> seen;
  for (const AdminRoute& route : admin_routes()) EXPECT_TRUE(seen.emplace(route.method, route.path).second);
}

TEST(AdminRoutesTest, UnknownParametersAreSeen) {
  const AdminRoute& route = *find_admin_route(kGet, "/v1/clients").route;
  auto known = [&](std::string text) {
    FormParameters query;
    EXPECT_TRUE(query.parse(text, "").has_value());
    return parameters_known(route, query);
  };
  EXPECT_TRUE(known("tenant=a&after=b&limit=1"));
  EXPECT_TRUE(known(""));
  EXPECT_FALSE(known("tenants=a"));
  EXPECT_FALSE(known("tenant after=a"));
  EXPECT_FALSE(known("=a"));
}

}  // namespace
}  // namespace signet
