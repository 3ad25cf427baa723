#include "keystore/clients/client_directory.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "keystore/snapshot/reclaimer.h"
#include "tests/keystore/clients/clients_for_test.h"

namespace signet {
namespace {

std::string id_of(size_t n) { return "client-" + std::to_string(n); }

class ClientDirectoryTest : public testing::Test {
 protected:
  void put(const Client& client) {
    const ClientDirectory::Change change{client.tenant, client.client_id, &client};
    directory_.apply({&change, 1});
  }
  void remove(uint32_t tenant, std::string_view id) {
    const ClientDirectory::Change change{tenant, id, nullptr};
    directory_.apply({&change, 1});
  }
  uint64_t revision_of(uint32_t tenant, std::string_view id) {
    const auto* record = directory_.find(tenant, id);
    return record == nullptr ? 0 : record->revision();
  }

  QuiescentDomain domain_;
  ClientDirectory directory_{domain_};
};

TEST_F(ClientDirectoryTest, NobodyIsFoundInAnEmptyOne) {
  EXPECT_EQ(directory_.find(0, "a"), nullptr);
  EXPECT_EQ(directory_.find(0, ""), nullptr);
  EXPECT_EQ(directory_.size(), 0u);
}

TEST_F(ClientDirectoryTest, TheSameIdInTwoTenantsIsTwoClients) {
  put(test_client(0, "a", 1));
  put(test_client(1, "a", 2));
  EXPECT_EQ(revision_of(0, "a"), 1u);
  EXPECT_EQ(revision_of(1, "a"), 2u);
  EXPECT_EQ(directory_.find(2, "a"), nullptr);
  remove(0, "a");
  EXPECT_EQ(directory_.find(0, "a"), nullptr);
  EXPECT_EQ(revision_of(1, "a"), 2u);
}

TEST_F(ClientDirectoryTest, AnIdIsNeverMatchedByItsPrefixOrExtension) {
  put(test_client(0, "client"));
  EXPECT_EQ(directory_.find(0, "clien"), nullptr);
  EXPECT_EQ(directory_.find(0, "client1"), nullptr);
  EXPECT_EQ(directory_.find(0, "Client"), nullptr);
  EXPECT_EQ(directory_.find(0, std::string_view("client\0", 7)), nullptr);
}

TEST_F(ClientDirectoryTest, RemovingSomebodyUnknownChangesNothing) {
  put(test_client(0, "a"));
  remove(0, "b");
  remove(1, "a");
  EXPECT_EQ(directory_.size(), 1u);
  EXPECT_EQ(revision_of(0, "a"), 1u);
}

TEST_F(ClientDirectoryTest, ChangesOfOneCallApplyInOrder) {
  const Client first = test_client(0, "a", 1);
  const Client second = test_client(0, "a", 2);
  const std::vector<ClientDirectory::Change> last_wins{{0, "a", &first}, {0, "a", &second}};
  directory_.apply(last_wins);
  EXPECT_EQ(revision_of(0, "a"), 2u);
  const std::vector<ClientDirectory::Change> removed_last{{0, "a", &first}, {0, "a", nullptr}};
  directory_.apply(removed_last);
  EXPECT_EQ(directory_.find(0, "a"), nullptr);
  const std::vector<ClientDirectory::Change> back_again{{0, "a", nullptr}, {0, "a", &first}};
  directory_.apply(back_again);
  EXPECT_EQ(revision_of(0, "a"), 1u);
  EXPECT_EQ(directory_.size(), 1u);
}

TEST_F(ClientDirectoryTest, GrowsAndEmptiesAgain) {
  std::vector<Client> clients;
  std::vector<ClientDirectory::Change> adds;
  std::vector<ClientDirectory::Change> removals;
  for (size_t i = 0; i < 20000; ++i) clients.push_back(test_client(i % 3, id_of(i), i + 1));
  for (const auto& client : clients) {
    adds.push_back({client.tenant, client.client_id, &client});
    removals.push_back({client.tenant, client.client_id, nullptr});
  }
  const size_t empty_bytes = directory_.resident_bytes();
  directory_.apply(adds);
  ASSERT_EQ(directory_.size(), clients.size());
  for (const auto& client : clients) {
    ASSERT_EQ(revision_of(client.tenant, client.client_id), client.revision);
    ASSERT_EQ(directory_.find(client.tenant + 1, client.client_id), nullptr);
  }
  EXPECT_GT(directory_.resident_bytes(), empty_bytes + clients.size() * 150);
  directory_.apply(std::span(removals).first(10000));
  for (size_t i = 0; i < clients.size(); ++i) {
    ASSERT_EQ(revision_of(clients[i].tenant, clients[i].client_id), i < 10000 ? 0 : clients[i].revision);
  }
  directory_.apply(std::span(removals).subspan(10000));
  EXPECT_EQ(directory_.size(), 0u);
  EXPECT_LT(directory_.resident_bytes(), empty_bytes + ClientDirectory::kShards * 256) << "records stay counted";
}

TEST_F(ClientDirectoryTest, LoadsFromSeveralThreads) {
  constexpr size_t kEach = 5000;
  directory_.load_reserve(4 * kEach);
  {
    std::vector<std::jthread> threads;
    for (size_t t = 0; t < 4; ++t) {
      threads.emplace_back([this, t] {
        for (size_t i = 0; i < kEach; ++i) directory_.load(test_client(0, id_of(t * kEach + i), 1));
      });
    }
  }
  EXPECT_EQ(directory_.size(), 4 * kEach);
  for (size_t i = 0; i < 4 * kEach; ++i) ASSERT_NE(directory_.find(0, id_of(i)), nullptr);
  directory_.load(test_client(0, id_of(0), 9));
  EXPECT_EQ(revision_of(0, id_of(0)), 9u);
  EXPECT_EQ(directory_.size(), 4 * kEach);
}

TEST_F(ClientDirectoryTest, AReplacedRecordLivesUntilTheReaderPassed) {
  auto* reader = domain_.register_reader({});
  put(test_client(0, "a", 1));
  const ClientRecord* held = directory_.find(0, "a");
  put(test_client(0, "a", 2));
  remove(0, "a");
  domain_.poll();
  EXPECT_EQ(held->revision(), 1u);  // ASan: a use after free
  EXPECT_EQ(held->client_id(), "a");
  EXPECT_GT(domain_.backlog().bytes, held->resident_bytes());
  reader->pass();
  domain_.poll();
  EXPECT_EQ(domain_.backlog().actions, 0u);
  domain_.unregister_reader(reader);
}

TEST_F(ClientDirectoryTest, LastUsedCarriesOverToTheSecretThatStays) {
  put(test_client(0, "a", 1));
  directory_.find(0, "a")->mark_used(0, 1234);
  Client rotated = test_client(0, "a", 2);
  rotated.secrets = {test_secret(8), test_secret(7)};
  put(rotated);
  EXPECT_EQ(directory_.find(0, "a")->last_used_minute(0), 0u);
  EXPECT_EQ(directory_.find(0, "a")->last_used_minute(1), 1234u);
  rotated.secrets = {test_secret(8)};
  put(rotated);
  EXPECT_EQ(directory_.find(0, "a")->last_used_minute(0), 0u) << "the dropped secret's minute moved to another";
}

TEST_F(ClientDirectoryTest, EveryClientIsInTheShardThatShardOfNames) {
  for (size_t i = 0; i < 1000; ++i) put(test_client(0, id_of(i)));
  std::set<std::string> seen;
  for (size_t shard = 0; shard < ClientDirectory::kShards; ++shard) {
    directory_.for_each_in_shard(shard, [&](const ClientRecord& record) {
      EXPECT_EQ(directory_.shard_of(0, record.client_id()), shard);
      seen.emplace(record.client_id());
    });
  }
  EXPECT_EQ(seen.size(), 1000u);
}

TEST_F(ClientDirectoryTest, ReadersFindEveryStandingClientWhileOthersChange) {
  for (size_t i = 0; i < 500; ++i) put(test_client(0, id_of(i), 1));
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  {
    const Reclaimer reclaimer(domain_);
    for (int t = 0; t < 2; ++t) {
      auto* reader = domain_.register_reader([] {});
      readers.emplace_back([&, reader] {
        for (size_t i = 0; !stop; i = (i + 1) % 500) {
          reader->pass();
          const ClientRecord* record = directory_.find(0, id_of(i));
          ASSERT_NE(record, nullptr);
          ASSERT_EQ(record->client_id(), id_of(i));
          record->mark_used(0, static_cast<uint32_t>(record->revision()));
        }
        domain_.unregister_reader(reader);
      });
    }
    for (size_t round = 2; round < 2000; ++round) {
      ASSERT_TRUE(domain_.wait_for_room({64, 16 << 20}, std::chrono::milliseconds(20000)));
      put(test_client(0, id_of(round % 500), round));
      put(test_client(1, id_of(round), round));
      if (round > 100) remove(1, id_of(round - 50));
    }
    stop = true;
    for (auto& reader : readers) reader.join();
  }
}

}  // namespace
}  // namespace signet
