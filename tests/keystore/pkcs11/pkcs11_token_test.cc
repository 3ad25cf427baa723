// Keys in SoftHSM: made, adopted, found again, destroyed; what is refused; and what happens while the token is lost.
#include "keystore/pkcs11/pkcs11_token.h"

#include <algorithm>
#include <array>
#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include "keystore/pkcs11/key_objects.h"
#include "keystore/pkcs11/key_templates.h"
#include "keystore/pkcs11/token_key.h"
#include "keystore/signing/verifier.h"
#include "tests/keystore/pkcs11/soft_token.h"

namespace signet {
namespace {

using namespace std::chrono_literals;
constexpr std::array kInToken{JwsAlgorithm::kEdDSA, JwsAlgorithm::kEd25519, JwsAlgorithm::kES256, JwsAlgorithm::kPS256,
                              JwsAlgorithm::kRS256};

class Awaited final : public RemoteSignature {
 public:
  explicit Awaited(std::string text) : text_(std::move(text)) { input = as_bytes(text_); }
  void completed() override { done_.set_value(); }
  bool wait() {
    EXPECT_EQ(done_.get_future().wait_for(20s), std::future_status::ready);
    return made;
  }

 private:
  const std::string text_;
  std::promise<void> done_;
};

class Pkcs11TokenTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!SoftToken::installed()) GTEST_SKIP() << "softhsm2 is not installed";
    ASSERT_TRUE(signing_start());
    soft_.emplace(directory_.path());
  }
  void open(const std::filesystem::path& module = SoftToken::usual_module()) {
    auto opened = Pkcs11Token::open(soft_->settings(module), [this](Pkcs11Event event, const std::string& text) {
      const std::lock_guard lock(mutex_);
      events_.emplace_back(event, text);
    });
    ASSERT_TRUE(opened.has_value()) << opened.error();
    token_ = *opened;
  }
  std::string refusal(const Pkcs11Settings& settings) {
    const auto opened = Pkcs11Token::open(settings, {});
    EXPECT_FALSE(opened.has_value());
    return opened ? "" : opened.error();
  }
  std::shared_ptr<const TokenKey> make(JwsAlgorithm algorithm) {
    const auto made = make_token_key(token_, algorithm, 2048, "");
    EXPECT_TRUE(made.has_value()) << made.error().text;
    return made ? *made : nullptr;
  }
  bool told(Pkcs11Event event) {
    const std::lock_guard lock(mutex_);
    return std::ranges::any_of(events_, [&](const auto& one) { return one.first == event; });
  }
  bool signs(const TokenKey& key, const std::string& text = "a text") {
    Awaited wanted(text);
    if (!key.submit(wanted)) return false;
    return wanted.wait();
  }
  bool soon(const std::function<bool()>& condition) {
    for (int i = 0; i < 400; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(50ms);
    }
    return false;
  }

  TemporaryDirectory directory_;
  std::optional<SoftToken> soft_;
  std::mutex mutex_;
  std::vector<std::pair<Pkcs11Event, std::string>> events_;
  std::shared_ptr<Pkcs11Token> token_;
};

TEST_F(Pkcs11TokenTest, KeysOfEveryAlgorithmSignWhatTheirPublicHalfConfirms) {
  open();
  for (const JwsAlgorithm algorithm : kInToken) {
    const auto key = make(algorithm);
    ASSERT_TRUE(key);
    Awaited wanted("header.payload");
    ASSERT_TRUE(key->submit(wanted));
    ASSERT_TRUE(wanted.wait()) << jws_algorithm_name(algorithm);
    const auto verifier = make_verifier(*key->public_jwk());
    const ByteSpan signature = ByteSpan(wanted.signature).first(key->signature_size());
    EXPECT_TRUE(verifier->verify(as_bytes("header.payload"), signature));
    EXPECT_FALSE(verifier->verify(as_bytes("header.payloae"), signature));
    EXPECT_EQ(key->bits(), is_rsa(algorithm) ? 2048 : 0);
    EXPECT_TRUE(key->serialise().empty()) << "nothing of the private half is here";
  }
  EXPECT_EQ(token_->status().signatures, kInToken.size());
}

TEST_F(Pkcs11TokenTest, ANewKeyIsSensitiveCannotLeaveAndIsNamedByItsThumbprint) {
  open();
  const auto key = make(JwsAlgorithm::kES256);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->object().id.size(), 32u);
  EXPECT_EQ(key->object().serial, token_->serial());
  const auto looked = token_->with_session<void>([&](Pkcs11Session& session) -> Pkcs11Result<void> {
    const auto handle = find_private_object(session, key->object().id);
    EXPECT_TRUE(handle.has_value());
    for (const auto& [attribute, value] : {std::pair(CKA_SENSITIVE, true),
                                           {CKA_EXTRACTABLE, false},
                                           {CKA_SIGN, true},
                                           {CKA_DECRYPT, false},
                                           {CKA_PRIVATE, true},
                                           {CKA_NEVER_EXTRACTABLE, true},
                                           {CKA_ALWAYS_SENSITIVE, true}}) {
      EXPECT_EQ(*session.flag(*handle, attribute), value) << attribute;
    }
    EXPECT_FALSE(session.octets(*handle, CKA_VALUE).has_value()) << "the token reveals the private half";
    return {};
  });
  EXPECT_TRUE(looked.has_value());
}

TEST_F(Pkcs11TokenTest, AnHmacKeyIsRefused) {
  open();
  EXPECT_FALSE(make_token_key(token_, JwsAlgorithm::kHS256, 0, "").has_value());
}

TEST_F(Pkcs11TokenTest, AKeyIsFoundAgainByItsObjectAndPublicHalfAlone) {
  open();
  const auto key = make(JwsAlgorithm::kEdDSA);
  const auto other = make(JwsAlgorithm::kEdDSA);
  ASSERT_TRUE(key && other);
  EXPECT_TRUE(open_token_key(token_, key->object(), *key->public_jwk()).has_value());
  EXPECT_NE(open_token_key(token_, key->object(), *other->public_jwk()).error().text.find("another public half"),
            std::string::npos);
  EXPECT_NE(open_token_key(token_, {"other", key->object().id}, *key->public_jwk()).error().text.find("serial"),
            std::string::npos);
  EXPECT_NE(open_token_key(token_, {token_->serial(), {1, 2}}, *key->public_jwk()).error().text.find("no private key"),
            std::string::npos);
}

TEST_F(Pkcs11TokenTest, ADestroyedKeySignsNoMoreAndMayBeDestroyedAgain) {
  open();
  const auto key = make(JwsAlgorithm::kEdDSA);
  const auto kept = make(JwsAlgorithm::kEdDSA);
  ASSERT_TRUE(key && kept && signs(*key));
  EXPECT_TRUE(destroy_token_object(*token_, key->object()).has_value());
  EXPECT_TRUE(destroy_token_object(*token_, key->object()).has_value());
  EXPECT_FALSE(signs(*key));
  EXPECT_TRUE(told(Pkcs11Event::kSignature)) << "of one object, which is no reason to give the token up";
  EXPECT_TRUE(signs(*kept));
  EXPECT_FALSE(destroy_token_object(*token_, {"other", kept->object().id}).has_value());
  EXPECT_TRUE(signs(*kept));
}

// Makes a pair of one's own in the token.
struct Template {
  JwsAlgorithm algorithm = JwsAlgorithm::kES256;
  int bits = 2048;
  CK_BBOOL sensitive = CK_TRUE, extractable = CK_FALSE, signs = CK_TRUE;
  uint8_t id = 7;
};
void make_pair(Pkcs11Token& token, Template made) {
  const auto done = token.with_session<void>([&](Pkcs11Session& session) -> Pkcs11Result<void> {
    CK_BBOOL yes = CK_TRUE;
    CK_ULONG bits = static_cast<CK_ULONG>(made.bits);
    uint8_t exponent[] = {1, 0, 1};
    uint8_t curve[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
    const bool rsa = is_rsa(made.algorithm);
    CK_ATTRIBUTE of_public[] = {
        {CKA_TOKEN, &yes, 1},
        {CKA_ID, &made.id, 1},
        rsa ? CK_ATTRIBUTE{CKA_MODULUS_BITS, &bits, sizeof bits} : CK_ATTRIBUTE{CKA_EC_PARAMS, curve, sizeof curve},
        rsa ? CK_ATTRIBUTE{CKA_PUBLIC_EXPONENT, exponent, sizeof exponent} : CK_ATTRIBUTE{CKA_VERIFY, &yes, 1}};
    CK_ATTRIBUTE of_private[] = {{CKA_TOKEN, &yes, 1},
                                 {CKA_PRIVATE, &yes, 1},
                                 {CKA_ID, &made.id, 1},
                                 {CKA_SENSITIVE, &made.sensitive, 1},
                                 {CKA_EXTRACTABLE, &made.extractable, 1},
                                 {CKA_SIGN, &made.signs, 1}};
    CK_MECHANISM mechanism{rsa ? CKM_RSA_PKCS_KEY_PAIR_GEN : CKM_EC_KEY_PAIR_GEN, nullptr, 0};
    CK_OBJECT_HANDLE public_key = 0, private_key = 0;
    const CK_RV code =
        session.functions().C_GenerateKeyPair(session.handle(), &mechanism, of_public, std::size(of_public), of_private,
                                              std::size(of_private), &public_key, &private_key);
    EXPECT_EQ(code, CKR_OK);
    return {};
  });
  EXPECT_TRUE(done.has_value());
}

TEST_F(Pkcs11TokenTest, AKeyThatIsThereIsAdopted) {
  open();
  make_pair(*token_, {});
  const auto key = adopt_token_key(token_, JwsAlgorithm::kES256, {7});
  ASSERT_TRUE(key.has_value()) << key.error().text;
  EXPECT_TRUE(signs(**key));
}

TEST_F(Pkcs11TokenTest, WhatCannotBeTrustedWithTokensIsNotAdopted) {
  open();
  make_pair(*token_, {.extractable = CK_TRUE, .id = 1});
  make_pair(*token_, {.sensitive = CK_FALSE, .id = 2});
  make_pair(*token_, {.signs = CK_FALSE, .id = 3});
  make_pair(*token_, {.algorithm = JwsAlgorithm::kRS256, .bits = 1024, .id = 4});
  make_pair(*token_, {.id = 5});
  make_pair(*token_, {.id = 5});
  make_pair(*token_, {.id = 6});
  const auto refused = [&](uint8_t id, JwsAlgorithm algorithm, std::string_view why) {
    const auto key = adopt_token_key(token_, algorithm, {id});
    ASSERT_FALSE(key.has_value()) << int{id};
    EXPECT_NE(key.error().text.find(why), std::string::npos) << key.error().text;
  };
  refused(1, JwsAlgorithm::kES256, "CKA_EXTRACTABLE");
  refused(2, JwsAlgorithm::kES256, "CKA_SENSITIVE");
  refused(3, JwsAlgorithm::kES256, "CKA_SIGN");
  refused(4, JwsAlgorithm::kRS256, "2048, 3072 or 4096");
  refused(5, JwsAlgorithm::kES256, "several");
  refused(6, JwsAlgorithm::kEdDSA, "another kind");
  refused(6, JwsAlgorithm::kPS256, "another kind");
  refused(9, JwsAlgorithm::kES256, "no private key");
}

TEST_F(Pkcs11TokenTest, HalvesThatAreNoPairAreNotAdopted) {
  open();
  make_pair(*token_, {.id = 1});
  make_pair(*token_, {.id = 2});
  // The public half of the second under the id of the first.
  const auto moved = token_->with_session<void>([&](Pkcs11Session& session) -> Pkcs11Result<void> {
    const uint8_t first[] = {1}, second[] = {2};
    uint8_t away = 3, here = 1;
    CK_ATTRIBUTE to_away{CKA_ID, &away, 1}, to_here{CKA_ID, &here, 1};
    const auto of_first = session.find(CKO_PUBLIC_KEY, first, 2), of_second = session.find(CKO_PUBLIC_KEY, second, 2);
    EXPECT_EQ(session.functions().C_SetAttributeValue(session.handle(), of_first->front(), &to_away, 1), CKR_OK);
    EXPECT_EQ(session.functions().C_SetAttributeValue(session.handle(), of_second->front(), &to_here, 1), CKR_OK);
    return {};
  });
  ASSERT_TRUE(moved.has_value());
  const auto key = adopt_token_key(token_, JwsAlgorithm::kES256, {1});
  ASSERT_FALSE(key.has_value());
  EXPECT_NE(key.error().text.find("no pair"), std::string::npos) << key.error().text;
  EXPECT_NE(adopt_token_key(token_, JwsAlgorithm::kES256, {2}).error().text.find("no public key"), std::string::npos);
}

TEST_F(Pkcs11TokenTest, OpeningSaysWhatIsWrong) {
  const Pkcs11Settings good = soft_->settings();
  const auto says = [&](auto change, std::string_view what) {
    Pkcs11Settings settings = good;
    change(settings);
    const std::string text = refusal(settings);
    EXPECT_NE(text.find(what), std::string::npos) << text;
  };
  says([](auto& s) { s.module = "/nowhere/libtoken.so"; }, "No such file");
  says([](auto& s) { s.module = "libsofthsm2.so"; }, "absolute");
  says([&](auto& s) { s.module = soft_->pin_file(); }, "cannot be loaded");
  says([](auto& s) { s.module = "/usr/lib/x86_64-linux-gnu/libcrypto.so.3"; }, "no C_GetFunctionList");
  says([](auto& s) { s.token = "another"; }, "\"signet\" (serial");
  says([](auto& s) { s.pin_file += ".missing"; }, "there is no such file");
  soft_->write_pin(kPin, 0640);
  says([](auto&) {}, "mode 0600");
  soft_->write_pin("");
  says([](auto&) {}, "it is empty");
  soft_->write_pin(std::string(300, '1'));
  says([](auto&) {}, "larger than a PIN");
  soft_->make("signet");
  soft_->write_pin(kPin);
  says([](auto&) {}, "several tokens");
}

TEST_F(Pkcs11TokenTest, AModuleThatOthersMayWriteIsNotLoaded) {
  const auto copy = directory_.path() / "module.so";
  std::filesystem::copy_file(SoftToken::faulty_module(), copy);
  std::filesystem::permissions(copy, std::filesystem::perms(0666));
  EXPECT_NE(refusal(soft_->settings(copy)).find("others may write"), std::string::npos);
}

TEST_F(Pkcs11TokenTest, AWrongPinIsTriedOnceAndNotShown) {
  soft_->write_pin("not the right one");
  const std::string text = refusal(soft_->settings(SoftToken::faulty_module()));
  EXPECT_NE(text.find("CKR_PIN_INCORRECT"), std::string::npos) << text;
  EXPECT_EQ(text.find("not the right one"), std::string::npos);
  EXPECT_EQ(soft_->logins(), 1u);
}

TEST_F(Pkcs11TokenTest, ASlowTokenIsAskedByAllThreadsAndRefusesWhatWouldWaitTooLong) {
  open(SoftToken::faulty_module());
  const auto key = make(JwsAlgorithm::kEdDSA);
  ASSERT_TRUE(key);
  soft_->fault("sign_ms 20");
  std::vector<std::unique_ptr<Awaited>> wanted;
  size_t refused = 0;
  for (int i = 0; i < 100; ++i) {
    auto one = std::make_unique<Awaited>("text " + std::to_string(i));
    if (key->submit(*one)) {
      wanted.push_back(std::move(one));
    } else {
      ++refused;
    }
  }
  EXPECT_GE(refused, 30u) << "64 may wait";
  EXPECT_FALSE(key->has_room());
  for (const auto& one : wanted) EXPECT_TRUE(one->wait());
  EXPECT_TRUE(soon([&] { return key->has_room(); }));
  EXPECT_EQ(token_->status().refused, refused);
}

TEST_F(Pkcs11TokenTest, ALostTokenRefusesAndIsFoundAgain) {
  open(SoftToken::faulty_module());
  const auto key = make(JwsAlgorithm::kES256);
  ASSERT_TRUE(key && signs(*key));
  soft_->fault("sign_rv 50\nopen_rv 50");  // CKR_DEVICE_REMOVED
  EXPECT_FALSE(signs(*key));
  EXPECT_FALSE(key->has_room());
  Awaited refused("while it is lost");
  EXPECT_FALSE(key->submit(refused));
  EXPECT_TRUE(told(Pkcs11Event::kLost));
  EXPECT_FALSE(make_token_key(token_, JwsAlgorithm::kES256, 0, "").has_value());
  soft_->fault("");
  EXPECT_TRUE(soon([&] { return key->has_room(); }));
  EXPECT_TRUE(told(Pkcs11Event::kBack));
  EXPECT_TRUE(signs(*key));
  EXPECT_GE(token_->status().reconnects, 1u);
}

TEST_F(Pkcs11TokenTest, ATokenThatIsGoneComesBackInWhateverSlot) {
  open(SoftToken::faulty_module());
  const auto key = make(JwsAlgorithm::kEdDSA);
  ASSERT_TRUE(key);
  soft_->fault("absent 1\nsign_rv 179\nopen_rv 224");  // CKR_SESSION_HANDLE_INVALID, CKR_TOKEN_NOT_PRESENT
  EXPECT_FALSE(signs(*key));
  soft_->fault("");
  EXPECT_TRUE(soon([&] { return key->has_room() && signs(*key); }));
}

TEST_F(Pkcs11TokenTest, ASignatureThatDoesNotHoldNeverLeaves) {
  open(SoftToken::faulty_module());
  for (const JwsAlgorithm algorithm : kInToken) {
    soft_->fault("");
    const auto key = make(algorithm);
    ASSERT_TRUE(key && signs(*key));
    soft_->fault("garble 1");
    Awaited wanted("a text");
    ASSERT_TRUE(key->submit(wanted));
    EXPECT_FALSE(wanted.wait()) << jws_algorithm_name(algorithm);
    EXPECT_TRUE(std::ranges::all_of(wanted.signature, [](uint8_t octet) { return octet == 0; }));
  }
  EXPECT_TRUE(told(Pkcs11Event::kSignature));
  soft_->fault("garble 1");
  EXPECT_FALSE(make_token_key(token_, JwsAlgorithm::kES256, 0, "").has_value()) << "such a key proves nothing";
}

TEST_F(Pkcs11TokenTest, APinThatIsRefusedLaterIsNotTriedAgain) {
  open(SoftToken::faulty_module());
  const auto key = make(JwsAlgorithm::kEdDSA);
  ASSERT_TRUE(key && signs(*key));
  soft_->fault("sign_rv 257\nlogin_rv 160\nopen_rv 50");  // CKR_USER_NOT_LOGGED_IN, CKR_PIN_INCORRECT
  EXPECT_FALSE(signs(*key));
  // With the last session the login ends.
  {
    auto module = Pkcs11Module::load(kSoftHsm);
    ASSERT_TRUE(module.has_value());
    EXPECT_EQ((*module)->functions().C_CloseAllSessions((*module)->find_token("signet")->slot), CKR_OK);
  }
  soft_->fault("login_rv 160");
  EXPECT_TRUE(soon([&] { return told(Pkcs11Event::kPinRefused); }));
  const size_t logins = soft_->logins();
  soft_->fault("");
  std::this_thread::sleep_for(1500ms);
  EXPECT_EQ(soft_->logins(), logins) << "a few more tries would lock the token";
  EXPECT_FALSE(key->has_room());
}

TEST_F(Pkcs11TokenTest, StoppingCompletesWhatWaitsAndTakesNothingMore) {
  open(SoftToken::faulty_module());
  const auto key = make(JwsAlgorithm::kEdDSA);
  ASSERT_TRUE(key);
  soft_->fault("sign_ms 30");
  std::vector<std::unique_ptr<Awaited>> wanted;
  for (int i = 0; i < 20; ++i) {
    wanted.push_back(std::make_unique<Awaited>("text"));
    ASSERT_TRUE(key->submit(*wanted.back()));
  }
  token_->stop();
  for (const auto& one : wanted) one->wait();
  Awaited late("late");
  EXPECT_FALSE(key->submit(late));
}

}  // namespace
}  // namespace signet
