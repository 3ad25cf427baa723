// Pages of clients in the order of their ids.
#include "daemon/admin/client_listing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "keystore/snapshot/quiescence.h"

namespace signet {
namespace {

using namespace std::chrono_literals;

class ClientListingTest : public testing::Test {
 protected:
  void add(uint32_t tenant, const std::string& id) {
    Client client{.tenant = tenant, .client_id = id};
    ClientDirectory::Change change{tenant, client.client_id, &client};
    clients_.apply({&change, 1});
  }
  void load(size_t count) {
    clients_.load_reserve(count);
    for (size_t i = 0; i < count; ++i) clients_.load({.client_id = "c" + std::to_string(i * 7919 % count)});
  }
  std::vector<std::string> all(uint32_t tenant, size_t count) {
    std::vector<std::string> ids;
    for (bool more = true; more;) {
      auto page = listing_.page(clients_, tenant, ids.empty() ? "" : ids.back(), count, now_);
      EXPECT_LE(page.ids.size(), count);
      ids.insert(ids.end(), page.ids.begin(), page.ids.end());
      more = page.more;
      if (more && page.ids.empty()) {
        ADD_FAILURE() << "a page without an end";
        break;
      }
    }
    return ids;
  }

  QuiescentDomain domain_;
  ClientDirectory clients_{domain_};
  ClientListing listing_;
  ClientListing::Clock::time_point now_{1h};
};

TEST_F(ClientListingTest, NoClientsAreOneEmptyPage) { EXPECT_TRUE(all(0, 10).empty()); }

TEST_F(ClientListingTest, GivesEveryClientOnceInOrderWhateverThePage) {
  load(1000);
  std::vector<std::string> first = all(0, 1000);
  EXPECT_EQ(first.size(), 1000u);
  EXPECT_TRUE(std::is_sorted(first.begin(), first.end()));
  for (size_t count : {1u, 7u, 999u}) EXPECT_EQ(all(0, count), first) << count;
}

TEST_F(ClientListingTest, GoesOnBeyondOneWalk) {
  load(ClientListing::kWindow * 2 + 11);
  std::vector<std::string> ids = all(0, 1000);
  EXPECT_EQ(ids.size(), ClientListing::kWindow * 2 + 11);
  EXPECT_TRUE(std::adjacent_find(ids.begin(), ids.end(), std::greater_equal<>()) == ids.end());
}

TEST_F(ClientListingTest, AnotherTenantsClientsDoNotShow) {
  add(0, "a");
  add(1, "b");
  EXPECT_EQ(all(1, 5), std::vector<std::string>{"b"});
}

TEST_F(ClientListingTest, AListingThatBeginsSeesWhatWasJustAdded) {
  for (const char* id : {"b", "d", "f"}) add(0, id);
  listing_.page(clients_, 0, "", 1, now_);
  add(0, "a");
  EXPECT_EQ(all(0, 1), (std::vector<std::string>{"a", "b", "d", "f"}));
}

TEST_F(ClientListingTest, AnotherPlaceThanTheLastIsWalkedAnew) {
  for (const char* id : {"b", "d", "f"}) add(0, id);
  listing_.page(clients_, 0, "", 1, now_);
  add(0, "e");
  EXPECT_EQ(listing_.page(clients_, 0, "c", 9, now_).ids, (std::vector<std::string>{"d", "e", "f"}));
}

TEST_F(ClientListingTest, OldIdsAreNotUsed) {
  for (const char* id : {"b", "d", "f"}) add(0, id);
  listing_.page(clients_, 0, "", 1, now_);
  add(0, "c");
  EXPECT_EQ(listing_.page(clients_, 0, "b", 1, now_ + ClientListing::kFresh).ids, std::vector<std::string>{"c"});
}

// The tenant is part of the place: the same id may be in both.
TEST_F(ClientListingTest, AnotherTenantIsWalkedAnew) {
  for (const char* id : {"b", "d"}) add(0, id), add(1, std::string(id) + "1");
  listing_.page(clients_, 0, "", 1, now_);
  EXPECT_EQ(listing_.page(clients_, 1, "b", 9, now_).ids, (std::vector<std::string>{"b1", "d1"}));
}

}  // namespace
}  // namespace signet
