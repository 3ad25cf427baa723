// A client's password in its row: kept, changed, dropped, imported; never in the audit.
#include "keystore/store/audit_chain.h"
#include "keystore/store/records.h"
#include "keystore/store/rows.h"
#include "tests/keystore/store/store_fixture.h"

namespace signet::store {
namespace {

using Kind = StoreErrorKind;
using PasswordRows = StoreTest;

PasswordVerifier verifier(uint8_t fill) {
  PasswordVerifier made{.cost = {.memory_kib = 64 * 1024, .passes = 2}, .pepper_version = 3};
  made.salt.fill(fill);
  made.hash.fill(static_cast<uint8_t>(fill + 1));
  return made;
}

TEST_F(PasswordRows, AreReadAsTheyWereWritten) {
  open();
  Client client = client_of("anna");
  client.password = verifier(7);
  ASSERT_TRUE(add_client(*store_, client));
  ASSERT_TRUE(add_client(*store_, client_of("machine")));
  reopen();
  EXPECT_EQ((loaded_->clients[{0, "anna"}].password), verifier(7));
  EXPECT_EQ((loaded_->clients[{0, "machine"}].password), std::nullopt) << "of the row read before";
}

TEST_F(PasswordRows, AChangeIsAnotherRevisionAndTouchesNothingElse) {
  open();
  Client client = client_of("anna");
  client.flags = kClientDisabled;
  const auto added = add_client(*store_, client);
  const auto set = update_client(*store_, "anna", {.password = verifier(1), .what = "client.set-password"});
  ASSERT_TRUE(set);
  EXPECT_GT(set->revision, added->revision);
  EXPECT_EQ(set->password, verifier(1));
  EXPECT_EQ(set->flags, uint32_t{kClientDisabled}) << "a password enabled a disabled client";
  const auto kept = update_client(*store_, "anna", {.ttl_s = 60});
  EXPECT_EQ(kept->password, verifier(1));
  ClientUpdate drop{.what = "client.drop-password"};
  drop.password.emplace(std::nullopt);
  const auto dropped = update_client(*store_, "anna", drop);
  EXPECT_EQ(dropped->password, std::nullopt);
  EXPECT_GT(dropped->revision, kept->revision);
  reopen();
  EXPECT_EQ((loaded_->clients[{0, "anna"}].password), std::nullopt);
}

TEST_F(PasswordRows, RefusesACostThatCannotBeVerified) {
  open();
  Client client = client_of("anna");
  client.password = verifier(1);
  client.password->cost.memory_kib = kPasswordMemoryKibMax + 1;
  EXPECT_REFUSED(add_client(*store_, client), Kind::kInvalid);
  client.password->cost = {.memory_kib = 8, .passes = 0};
  EXPECT_REFUSED(add_client(*store_, client), Kind::kInvalid);
  ASSERT_TRUE(add_client(*store_, client_of("anna")));
  EXPECT_REFUSED(update_client(*store_, "anna", {.password = client.password}), Kind::kInvalid);
  EXPECT_REFUSED(update_client(*store_, "nobody", {.password = verifier(1)}), Kind::kNotFound);
}

TEST_F(PasswordRows, AnImportChangesItOnlyWhenGiven) {
  open();
  Client client = client_of("anna");
  client.password = verifier(1);
  ASSERT_TRUE(add_client(*store_, client));
  ImportChunk chunk{.import_id = "aa", .on_conflict = OnConflict::kUpdate, .clients = {client_of("anna")}};
  chunk.given = {kImportScope};
  ASSERT_TRUE(import_chunk(*store_, chunk));
  chunk.chunk = 1;
  chunk.clients = {client_of("bert")};
  chunk.clients[0].password = verifier(2);
  chunk.given = {kImportPassword};
  ASSERT_TRUE(import_chunk(*store_, chunk));
  reopen();
  EXPECT_EQ((loaded_->clients[{0, "anna"}].password), verifier(1));
  EXPECT_EQ((loaded_->clients[{0, "bert"}].password), verifier(2));
  chunk = {.import_id = "bb", .on_conflict = OnConflict::kUpdate, .clients = {client_of("anna")}};
  chunk.clients[0].password = verifier(5);
  chunk.given = {kImportPassword};
  ASSERT_TRUE(import_chunk(*store_, chunk));
  reopen();
  EXPECT_EQ((loaded_->clients[{0, "anna"}].password), verifier(5));
}

TEST(PasswordRow, ADamagedOneIsRefusedAndNotGuessedAt) {
  ClientCodec codec;
  Client client = client_of("anna");
  client.password = verifier(1);
  const std::string good = codec.encode(client);
  records::ClientRow row;
  const auto refused = [&](const auto& change) {
    EXPECT_TRUE(row.ParseFromString(good));
    change(*row.mutable_password());
    Client read;
    return !codec.decode(row.SerializeAsString(), read);
  };
  EXPECT_FALSE(refused([](auto&) {}));
  EXPECT_TRUE(refused([](auto& p) { p.mutable_salt()->pop_back(); }));
  EXPECT_TRUE(refused([](auto& p) { p.mutable_hash()->push_back('x'); }));
  EXPECT_TRUE(refused([](auto& p) { p.clear_hash(); }));
  EXPECT_TRUE(refused([](auto& p) { p.set_passes(0); }));
  EXPECT_TRUE(refused([](auto& p) { p.set_passes(258); }));
  EXPECT_TRUE(refused([](auto& p) { p.set_memory_kib(1); }));
  EXPECT_TRUE(refused([](auto& p) { p.set_memory_kib(UINT32_MAX); }));
  EXPECT_TRUE(refused([](auto& p) { p.set_pepper_version(256); }));
}

TEST(PasswordAudit, SaysWhetherThereIsOneAndNoMore) {
  Client client = client_of("anna");
  EXPECT_NE(audit_json_of(client).find(R"("password":false)"), std::string::npos);
  client.password = verifier(0x41);
  const std::string json = audit_json_of(client);
  EXPECT_NE(json.find(R"("password":true)"), std::string::npos);
  EXPECT_EQ(json.find("AAAA"), std::string::npos);
}

}  // namespace
}  // namespace signet::store
