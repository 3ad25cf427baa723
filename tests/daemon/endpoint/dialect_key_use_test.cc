// Keys of one use in another: no ordinary check takes a token that a dialect's key signed, whatever it says of itself,
// and no check for a dialect one that an ordinary key signed (RFC 8725 3.12).
#include <gtest/gtest.h>

#include <cstring>
#include <map>

#include "keystore/queue/signing_queue.h"
#include "tests/daemon/endpoint/check_fixture.h"

namespace signet {
namespace {

class DialectKeyUse : public IntrospectFixture {
 protected:
  const SigningKey& dialect_key(std::string_view kid) const { return *keystore_.keys().tenant(0)->any_by_kid(kid); }
};

TEST_F(DialectKeyUse, AnOrdinaryCheckRefusesATokenOfADialectsKey) {
  for (const JwsAlgorithm algorithm : kAllJwsAlgorithms) {
    const std::string name = "d" + std::to_string(static_cast<int>(algorithm));
    const SigningKey& foreign = dialect_key(keystore_.add_dialect_key(algorithm, name));
    const std::string own_header = encode_access_token_header(algorithm, foreign.kid);
    EXPECT_FALSE(active(signed_token(foreign, own_header, claims({})))) << "with the header of an access token";
    EXPECT_FALSE(active(signed_token(foreign, key(eddsa_).encoded_header, claims({})))) << "with another key's header";
    EXPECT_FALSE(active(signed_token(foreign, foreign.encoded_header, claims({})))) << "with none";
    EXPECT_FALSE(active(signed_token(foreign, "eyJhbGciOiJIUzI1NiJ9", claims({})))) << R"({"alg":"HS256"})";
  }
  EXPECT_TRUE(active(token())) << "the same claims by an ordinary key";
}

TEST_F(DialectKeyUse, NoTokenIsIssuedWithADialectsKey) {
  keystore_.add_dialect_key(JwsAlgorithm::kES256, "vcloud");
  Client client = plain_client("es");
  client.algorithm = JwsAlgorithm::kES256;
  client.audiences = {"urn:a"};
  keystore_.add_client(client, kCheckSecret);
  EXPECT_NE(ask("grant_type=client_credentials", "es", "/oauth2/token"), 200);
  EXPECT_EQ(responder_.body.find("access_token"), std::string::npos);
  keystore_.add_key(JwsAlgorithm::kES256);
  EXPECT_EQ(ask("grant_type=client_credentials", "es", "/oauth2/token"), 200) << responder_.body;
}

class VerdictSink final : public SigningSink {
 public:
  bool still_valid(const SigningJob&) override { return true; }
  void signed_job(SigningJob&) override {}
  void checked_job(SigningJob& job, bool held) override { verdicts[job.owner.slot] = held; }
  void failed_job(SigningJob& job, Failure) override { verdicts[job.owner.slot] = false; }
  std::map<uint32_t, bool> verdicts;
};

// Queues the check of a token's signature under the key that the job names.
void push_check(SigningQueue& queue, uint32_t slot, SigningTask task, const SigningKey& with, std::string_view token) {
  SigningJob* job = queue.take();
  ASSERT_NE(job, nullptr);
  const size_t dot = token.rfind('.');
  std::string signature(with.signature_size, '\0');
  ASSERT_TRUE(
      base64url_decode(token.substr(dot + 1), {reinterpret_cast<uint8_t*>(signature.data()), signature.size()}));
  job->task = task;
  job->owner.slot = slot;
  job->algorithm = with.algorithm;
  job->key_revision = with.revision;
  job->cost_ns = with.check_cost_ns;
  job->ensure(token.size() + signature.size());
  std::memcpy(job->buffer.get(), token.data(), dot);
  std::memcpy(job->buffer.get() + dot, signature.data(), signature.size());
  job->input_begin = 0;
  job->input_size = dot;
  job->signature_at = dot;
  job->signature_size = signature.size();
  queue.push(job);
}

TEST_F(DialectKeyUse, ADialectsCheckTakesItsOwnKeyAlone) {
  for (const JwsAlgorithm algorithm : {JwsAlgorithm::kEdDSA, JwsAlgorithm::kES256}) {
    const std::string name = "d" + std::to_string(static_cast<int>(algorithm));
    const std::string other_name = "e" + std::to_string(static_cast<int>(algorithm));
    const std::string plain_kid = algorithm == JwsAlgorithm::kEdDSA ? eddsa_ : keystore_.add_key(algorithm);
    const std::string kid = keystore_.add_dialect_key(algorithm, name);
    const std::string other_kid = keystore_.add_dialect_key(algorithm, other_name);
    const SigningKey& plain = key(plain_kid);
    const SigningKey& own = dialect_key(kid);
    const SigningKey& other = dialect_key(other_kid);
    const std::string good = signed_token(own, "e30", claims({}));
    SigningQueue queue(0, 100);
    VerdictSink sink;
    push_check(queue, 1, SigningTask::kCheckDialect, own, good);
    push_check(queue, 2, SigningTask::kCheckDialect, own, signed_token(plain, plain.encoded_header, claims({})));
    push_check(queue, 3, SigningTask::kCheckDialect, own, signed_token(other, "e30", claims({})));
    push_check(queue, 4, SigningTask::kCheckDialect, plain, signed_token(plain, plain.encoded_header, claims({})));
    push_check(queue, 5, SigningTask::kCheck, own, good);
    push_check(queue, 6, SigningTask::kCheck, plain, signed_token(plain, plain.encoded_header, claims({})));
    while (queue.run(keystore_.keys(), sink)) {
    }
    EXPECT_EQ(sink.verdicts,
              (std::map<uint32_t, bool>{{1, true}, {2, false}, {3, false}, {4, false}, {5, false}, {6, true}}))
        << jws_algorithm_name(algorithm);
    // A key that changed meanwhile holds nothing, and is not looked for elsewhere.
    push_check(queue, 7, SigningTask::kCheckDialect, own, good);
    keystore_.set_key_status(kid, KeyStatus::kRetiring);
    while (queue.run(keystore_.keys(), sink)) {
    }
    EXPECT_FALSE(sink.verdicts[7]);
  }
}

TEST_F(DialectKeyUse, ADialectsKeySignsThroughTheQueueByItsRevision) {
  const std::string kid = keystore_.add_dialect_key(JwsAlgorithm::kHS512, "vietqr");
  const SigningKey& own = *keystore_.keys().tenant(0)->dialect_key("vietqr");
  EXPECT_EQ(own.kid, kid);
  class Sink final : public SigningSink {
   public:
    bool still_valid(const SigningJob&) override { return true; }
    void signed_job(SigningJob& job) override { text = job.text(); }
    void checked_job(SigningJob&, bool) override {}
    void failed_job(SigningJob&, Failure) override {}
    std::string text;
  } sink;
  SigningQueue queue(0, 10);
  SigningJob* job = queue.take();
  const std::string input = "e30.e30";
  std::memcpy(job->buffer.get(), input.data(), input.size());
  job->buffer[input.size()] = '.';
  job->algorithm = own.algorithm;
  job->key_revision = own.revision;
  job->cost_ns = own.cost_ns;
  job->input_size = input.size();
  job->signature_at = input.size() + 1;
  job->size = input.size() + 1 + base64url_encoded_size(own.signature_size);
  queue.push(job);
  EXPECT_FALSE(queue.run(keystore_.keys(), sink));
  ASSERT_EQ(sink.text.size(), input.size() + 1 + 86);
  std::array<uint8_t, 64> signature{};
  ASSERT_TRUE(base64url_decode(sink.text.substr(input.size() + 1), signature));
  const ByteSpan message = as_bytes(input);
  const ByteSpan given = signature;
  bool held = false;
  EXPECT_EQ(own.signers.front()->check({&message, 1}, {&given, 1}, {&held, 1}), 1u);
  EXPECT_TRUE(held);
}

}  // namespace
}  // namespace signet
