// Signing per algorithm at groups of 1, 8 and 64 with one and two threads, and the libraries side by side that the
// choice of signer rests on. `--openssl-memory=arenas|secure-heap|library` picks where OpenSSL's memory comes from,
// `--signer=auto|portable` whether the lanes sign.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "keystore/signing/lanes/lane_dispatch.h"
#include "keystore/signing/lanes/openssl_handles.h"
#include "keystore/signing/private_key.h"
#include "keystore/signing/signer.h"
#include "keystore/signing/signing_start.h"
#include "keystore/signing/verifier.h"

namespace signet {
namespace {

constexpr size_t kMessageSize = 300;  // an access token's signing input
constexpr size_t kGroupMax = 64;

const std::array<std::array<uint8_t, kMessageSize>, kGroupMax>& messages() {
  static const auto all = [] {
    std::array<std::array<uint8_t, kMessageSize>, kGroupMax> filled{};
    for (size_t i = 0; i < kGroupMax; ++i) filled[i].fill(static_cast<uint8_t>('a' + i % 26));
    return filled;
  }();
  return all;
}

std::shared_ptr<const PrivateKey> key_of(JwsAlgorithm algorithm, int bits) {
  static std::map<std::pair<JwsAlgorithm, int>, std::shared_ptr<const PrivateKey>> keys;
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  auto& key = keys[{algorithm, bits}];
  if (!key) key = generate_private_key(algorithm, bits).value();
  return key;
}

// Each thread has a signer of its own of the one key, as workers do.
void sign_groups(benchmark::State& state, JwsAlgorithm algorithm, int bits) {
  const auto group = static_cast<size_t>(state.range(0));
  const auto key = key_of(algorithm, bits);
  const auto signer = make_signer(key);
  std::vector<uint8_t> buffer(group * key->signature_size());
  std::vector<ByteSpan> inputs(group);
  std::vector<MutableByteSpan> outputs(group);
  for (size_t i = 0; i < group; ++i) {
    inputs[i] = messages()[i];
    outputs[i] = MutableByteSpan(buffer).subspan(i * key->signature_size(), key->signature_size());
  }
  for (auto _ : state) {
    if (signer->sign(inputs, outputs) != group) state.SkipWithError("signing failed");
    benchmark::DoNotOptimize(buffer.data());
  }
  state.SetItemsProcessed(static_cast<int64_t>(group) * state.iterations());
}

// Signing again beside verifying: what the checking of own tokens rests on.
void check_groups(benchmark::State& state, JwsAlgorithm algorithm) {
  const auto group = static_cast<size_t>(state.range(0));
  const auto key = key_of(algorithm, 0);
  const auto signer = make_signer(key);
  std::vector<uint8_t> buffer(group * key->signature_size());
  std::vector<ByteSpan> inputs(group);
  std::vector<MutableByteSpan> outputs(group);
  std::vector<ByteSpan> given(group);
  for (size_t i = 0; i < group; ++i) {
    inputs[i] = messages()[i];
    outputs[i] = MutableByteSpan(buffer).subspan(i * key->signature_size(), key->signature_size());
    given[i] = outputs[i];
  }
  const auto held = std::make_unique<bool[]>(group);
  if (signer->sign(inputs, outputs) != group) state.SkipWithError("signing failed");
  for (auto _ : state) {
    signer->check(inputs, given, {held.get(), group});
    if (!held[group - 1]) state.SkipWithError("a good signature does not hold");
  }
  state.SetItemsProcessed(static_cast<int64_t>(group) * state.iterations());
}

void verify_one(benchmark::State& state, JwsAlgorithm algorithm, int bits) {
  const auto key = key_of(algorithm, bits);
  const auto signer = make_signer(key);
  const auto verifier = make_verifier(key->public_jwk().value());
  std::vector<uint8_t> signature(key->signature_size());
  const ByteSpan input = messages()[0];
  const MutableByteSpan output = signature;
  if (signer->sign({&input, 1}, {&output, 1}) != 1) state.SkipWithError("signing failed");
  for (auto _ : state) {
    if (!verifier->verify(input, signature)) state.SkipWithError("a good signature does not hold");
  }
  state.SetItemsProcessed(state.iterations());
}

void register_checks() {
  benchmark::RegisterBenchmark("check/EdDSA", check_groups, JwsAlgorithm::kEdDSA)->Arg(1)->Arg(8)->Arg(64);
  benchmark::RegisterBenchmark("check/HS256", check_groups, JwsAlgorithm::kHS256)->Arg(1)->Arg(64);
  benchmark::RegisterBenchmark("verify/EdDSA", verify_one, JwsAlgorithm::kEdDSA, 0);
  benchmark::RegisterBenchmark("verify/ES256", verify_one, JwsAlgorithm::kES256, 0);
  benchmark::RegisterBenchmark("verify/PS256_2048", verify_one, JwsAlgorithm::kPS256, 2048);
  benchmark::RegisterBenchmark("verify/RS256_2048", verify_one, JwsAlgorithm::kRS256, 2048);
  benchmark::RegisterBenchmark("verify/RS256_3072", verify_one, JwsAlgorithm::kRS256, 3072);
}

void register_signers() {
  struct Entry {
    const char* name;
    JwsAlgorithm algorithm;
    int bits;
  };
  static constexpr Entry kEntries[] = {
      {"EdDSA", JwsAlgorithm::kEdDSA, 0},         {"ES256", JwsAlgorithm::kES256, 0},
      {"HS256", JwsAlgorithm::kHS256, 0},         {"HS384", JwsAlgorithm::kHS384, 0},
      {"HS512", JwsAlgorithm::kHS512, 0},         {"PS256_2048", JwsAlgorithm::kPS256, 2048},
      {"PS256_3072", JwsAlgorithm::kPS256, 3072}, {"RS256_2048", JwsAlgorithm::kRS256, 2048},
      {"RS256_3072", JwsAlgorithm::kRS256, 3072}, {"RS256_4096", JwsAlgorithm::kRS256, 4096},
  };
  for (const Entry& entry : kEntries) {
    benchmark::RegisterBenchmark((std::string("sign/") + entry.name).c_str(), sign_groups, entry.algorithm, entry.bits)
        ->Arg(1)
        ->Arg(8)
        ->Arg(64)
        ->Threads(1)
        ->Threads(2)
        ->UseRealTime();
  }
}

void ed25519_libsodium(benchmark::State& state) {
  uint8_t public_key[crypto_sign_PUBLICKEYBYTES];
  uint8_t secret[crypto_sign_SECRETKEYBYTES];
  uint8_t signature[crypto_sign_BYTES];
  crypto_sign_keypair(public_key, secret);
  for (auto _ : state) {
    crypto_sign_detached(signature, nullptr, messages()[0].data(), kMessageSize, secret);
    benchmark::DoNotOptimize(signature);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(ed25519_libsodium);

void ed25519_openssl(benchmark::State& state) {
  const EvpKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  uint8_t signature[64];
  for (auto _ : state) {
    size_t size = sizeof signature;
    EVP_DigestSignInit(context, nullptr, nullptr, nullptr, key.get());
    EVP_DigestSign(context, signature, &size, messages()[0].data(), kMessageSize);
    benchmark::DoNotOptimize(signature);
  }
  EVP_MD_CTX_free(context);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(ed25519_openssl);

constexpr uint8_t kHmacKey[64] = {1, 2, 3};

void hs256_libsodium_midstate(benchmark::State& state) {
  crypto_auth_hmacsha256_state kept;
  crypto_auth_hmacsha256_init(&kept, kHmacKey, sizeof kHmacKey);
  uint8_t mac[32];
  for (auto _ : state) {
    crypto_auth_hmacsha256_state work = kept;
    crypto_auth_hmacsha256_update(&work, messages()[0].data(), kMessageSize);
    crypto_auth_hmacsha256_final(&work, mac);
    benchmark::DoNotOptimize(mac);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(hs256_libsodium_midstate);

void hs512_libsodium_midstate(benchmark::State& state) {
  crypto_auth_hmacsha512_state kept;
  crypto_auth_hmacsha512_init(&kept, kHmacKey, sizeof kHmacKey);
  uint8_t mac[64];
  for (auto _ : state) {
    crypto_auth_hmacsha512_state work = kept;
    crypto_auth_hmacsha512_update(&work, messages()[0].data(), kMessageSize);
    crypto_auth_hmacsha512_final(&work, mac);
    benchmark::DoNotOptimize(mac);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(hs512_libsodium_midstate);

void hmac_openssl_one_shot(benchmark::State& state) {
  const EVP_MD* hash = state.range(0) == 256 ? EVP_sha256() : EVP_sha512();
  uint8_t mac[64];
  unsigned size = 0;
  for (auto _ : state) {
    HMAC(hash, kHmacKey, sizeof kHmacKey, messages()[0].data(), kMessageSize, mac, &size);
    benchmark::DoNotOptimize(mac);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(hmac_openssl_one_shot)->Arg(256)->Arg(512);

void hs256_openssl_evp_mac(benchmark::State& state) {
  EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  EVP_MAC_CTX* context = EVP_MAC_CTX_new(mac);
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("digest", digest, 0), OSSL_PARAM_construct_end()};
  EVP_MAC_init(context, kHmacKey, sizeof kHmacKey, parameters);
  uint8_t out[32];
  for (auto _ : state) {
    size_t size = 0;
    EVP_MAC_init(context, nullptr, 0, nullptr);
    EVP_MAC_update(context, messages()[0].data(), kMessageSize);
    EVP_MAC_final(context, out, &size, sizeof out);
    benchmark::DoNotOptimize(out);
  }
  EVP_MAC_CTX_free(context);
  EVP_MAC_free(mac);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(hs256_openssl_evp_mac);

void es256_context_made_anew(benchmark::State& state) {
  const EvpKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  uint8_t signature[72];
  const uint8_t digest[32] = {1};
  for (auto _ : state) {
    const EvpKeyContext context(EVP_PKEY_CTX_new(key.get(), nullptr));
    EVP_PKEY_sign_init(context.get());
    size_t size = sizeof signature;
    EVP_PKEY_sign(context.get(), signature, &size, digest, sizeof digest);
    benchmark::DoNotOptimize(signature);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(es256_context_made_anew);

// Takes `--name=` off the arguments; empty without it.
std::string_view take_option(int& argc, char** argv, std::string_view name) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (!argument.starts_with(name)) continue;
    std::rotate(argv + i, argv + i + 1, argv + argc);
    --argc;
    return argument.substr(name.size());
  }
  return {};
}

// The daemon's choices without options.
bool start(int& argc, char** argv) {
  const std::string_view memory = take_option(argc, argv, "--openssl-memory=");
  const std::string_view signer = take_option(argc, argv, "--signer=");
  static const std::map<std::string_view, OpensslMemory> kMemories{{"", OpensslMemory::kThreadArenas},
                                                                   {"arenas", OpensslMemory::kThreadArenas},
                                                                   {"secure-heap", OpensslMemory::kSecureHeap},
                                                                   {"library", OpensslMemory::kLibrary}};
  const auto wanted = kMemories.find(memory);
  if (wanted == kMemories.end() || (!signer.empty() && signer != "auto" && signer != "portable")) {
    std::fputs("--openssl-memory is arenas, secure-heap or library; --signer is auto or portable\n", stderr);
    return false;
  }
  if (!signing_start_with(wanted->second)) {
    const std::string_view why = signing_start_failure();
    std::fprintf(stderr, "signing does not start: %.*s\n", static_cast<int>(why.size()), why.data());
    return false;
  }
  lanes::LaneOptions lanes;
  lanes.wanted = signer != "portable";
  lanes::start_lanes(lanes);
  return true;
}

}  // namespace
}  // namespace signet

int main(int argc, char** argv) {
  if (!signet::start(argc, argv)) return 1;
  signet::register_signers();
  signet::register_checks();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
