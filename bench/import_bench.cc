// The client's side of an import, per client: checking a line, generating a secret, writing the JSON of a chunk.
#include <benchmark/benchmark.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "protocol/base/check.h"
#include "tools/ctl/import/chunk_reader.h"
#include "tools/ctl/import/secret_generator.h"

namespace signet::ctl {
namespace {

constexpr int kClients = 5000;

// A file of one chunk that goes with its object.
class ChunkFile {
 public:
  explicit ChunkFile(bool csv) {
    const int descriptor = mkstemp(path_.data());
    SIGNET_CHECK(descriptor >= 0);
    std::FILE* file = fdopen(descriptor, "w");
    if (csv) std::fputs("client_id,grants,scopes,audiences,alg\n", file);
    const char* format = csv ? "partner-%07d,client_credentials,a.read a.write b.read,https://api.example.com/,HS256\n"
                             : "{\"client_id\":\"partner-%07d\",\"grants\":[\"client_credentials\"],\"scopes\":"
                               "[\"a.read\",\"a.write\",\"b.read\"],\"audiences\":[\"https://api.example.com/\"],"
                               "\"alg\":\"HS256\"}\n";
    for (int i = 0; i < kClients; ++i) std::fprintf(file, format, i);
    std::fclose(file);
  }
  ~ChunkFile() { unlink(path_.c_str()); }
  ChunkFile(const ChunkFile&) = delete;
  ChunkFile& operator=(const ChunkFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/signet-import-bench-XXXXXX";
};

void read_chunk(benchmark::State& state, bool csv) {
  const ChunkFile file(csv);
  auto lines = LineReader::open(file.path());
  SIGNET_CHECK(lines.has_value());
  const auto source = csv ? csv_source(*lines) : json_lines_source(*lines);
  ChunkReader chunks(*source, kClients);
  for (auto _ : state) {
    chunks.rewind();
    const auto chunk = chunks.next();
    SIGNET_CHECK(chunk && chunk->size() == kClients);
  }
  state.SetItemsProcessed(state.iterations() * kClients);
}
BENCHMARK_CAPTURE(read_chunk, json_lines, false);
BENCHMARK_CAPTURE(read_chunk, csv, true);

void generate_secret(benchmark::State& state) {
  SecretGenerator generator;
  for (auto _ : state) benchmark::DoNotOptimize(generator.next());
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(generate_secret);

void write_chunk(benchmark::State& state) {
  const ChunkFile file(false);
  auto lines = LineReader::open(file.path());
  const auto source = json_lines_source(*lines);
  ChunkReader chunks(*source, kClients);
  const auto chunk = chunks.next();
  SIGNET_CHECK(chunk.has_value());
  const std::string secret(SecretGenerator::kSize, 's');
  std::string buffer(kChunkBodySizeMax, '\0');
  for (auto _ : state) {
    JsonWriter writer(buffer);
    for (const ImportClient& client : *chunk) write_import_client(writer, client, secret);
    benchmark::DoNotOptimize(writer.size());
  }
  state.SetItemsProcessed(state.iterations() * kClients);
}
BENCHMARK(write_chunk);

}  // namespace
}  // namespace signet::ctl

BENCHMARK_MAIN();
