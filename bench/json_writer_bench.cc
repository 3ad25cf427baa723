// JsonWriter beside fmt and RapidJSON's writer for the claims set of an access token: why there is a writer of our own.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <array>
#include <string>

#include "protocol/json/reader.h"
#include "protocol/json/writer.h"

namespace {

using namespace signet;

constexpr std::string_view kIssuer = "https://issuer.example", kSubject = "client-00012345", kAudience = "urn:demo",
                           kScope = "a.read a.write b.read", kJti = "AZSxq0mPjK3vT1w0YHnC2A";
constexpr int64_t kIssuedAt = 1760000000;

void write_claims(JsonWriter& json) {
  json.begin_object();
  json.member("iss", kIssuer);
  json.member("sub", kSubject);
  json.member("aud", kAudience);
  json.member("client_id", kSubject);
  json.member("scope", kScope);
  json.member_integer("iat", kIssuedAt);
  json.member_integer("exp", kIssuedAt + 900);
  json.member("jti", kJti);
  json.end_object();
}

void claims_json_writer(benchmark::State& state) {
  std::array<char, 1024> buffer;
  for (auto _ : state) {
    JsonWriter json(buffer);
    write_claims(json);
    benchmark::DoNotOptimize(json.size());
    benchmark::ClobberMemory();
  }
}

void claims_rapidjson(benchmark::State& state) {
  rapidjson::StringBuffer buffer(nullptr, 1024);
  auto text = [](auto& writer, std::string_view s) {
    writer.String(s.data(), static_cast<rapidjson::SizeType>(s.size()));
  };
  for (auto _ : state) {
    buffer.Clear();
    rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
    json.StartObject();
    json.Key("iss", 3), text(json, kIssuer);
    json.Key("sub", 3), text(json, kSubject);
    json.Key("aud", 3), text(json, kAudience);
    json.Key("client_id", 9), text(json, kSubject);
    json.Key("scope", 5), text(json, kScope);
    json.Key("iat", 3), json.Int64(kIssuedAt);
    json.Key("exp", 3), json.Int64(kIssuedAt + 900);
    json.Key("jti", 3), text(json, kJti);
    json.EndObject();
    benchmark::DoNotOptimize(buffer.GetString());
  }
}

// Does not even escape.
void claims_fmt_unescaped(benchmark::State& state) {
  std::array<char, 1024> buffer;
  for (auto _ : state) {
    benchmark::DoNotOptimize(fmt::format_to_n(
        buffer.data(), buffer.size(),
        R"({{"iss":"{}","sub":"{}","aud":"{}","client_id":"{}","scope":"{}","iat":{},"exp":{},"jti":"{}"}})", kIssuer,
        kSubject, kAudience, kSubject, kScope, kIssuedAt, kIssuedAt + 900, kJti));
    benchmark::ClobberMemory();
  }
}

void string_of(benchmark::State& state, const std::string& text) {
  std::string buffer(text.size() * 6 + 2, '\0');
  for (auto _ : state) {
    JsonWriter json(buffer);
    json.string(text);
    benchmark::DoNotOptimize(json.size());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(text.size()));
}

void string_without_escapes(benchmark::State& state) { string_of(state, std::string(1024, 'x')); }
void string_of_escapes_only(benchmark::State& state) { string_of(state, std::string(1024, '"')); }

void read_claims(benchmark::State& state) {
  std::array<char, 1024> buffer;
  JsonWriter json(buffer);
  write_claims(json);
  for (auto _ : state) benchmark::DoNotOptimize(read_json(json.text()));
}

BENCHMARK(claims_json_writer);
BENCHMARK(claims_rapidjson);
BENCHMARK(claims_fmt_unescaped);
BENCHMARK(string_without_escapes);
BENCHMARK(string_of_escapes_only);
BENCHMARK(read_claims);

}  // namespace

BENCHMARK_MAIN();
