// Runs a fuzz target over its corpus without a fuzzer: every file of the folders named on the command line, and every
// truncation of the small ones. The ordinary tests link each target with this, so that a corpus cannot rot and the
// findings in it stay fixed.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr size_t kTruncatedSizeMax = 2048;

// Each input is a block of its own size on the heap, so that a sanitizer sees a read one octet beyond.
void run(const std::vector<uint8_t>& input, size_t size) {
  const std::vector<uint8_t> exact(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(size));
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

void replay(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<uint8_t> input{std::istreambuf_iterator<char>(file), {}};
  run(input, input.size());
  if (input.size() > kTruncatedSizeMax) return;
  for (size_t size = 0; size < input.size(); ++size) run(input, size);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(argv[i], error))
      if (entry.is_regular_file()) files.push_back(entry.path());
    if (error) {
      std::fprintf(stderr, "%s: %s\n", argv[i], error.message().c_str());
      return 1;
    }
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) {  // an empty replay would pass for ever and show nothing
    std::fprintf(stderr, "no corpus file found\n");
    return 1;
  }
  for (const auto& path : files) replay(path);
  std::fprintf(stderr, "%zu files replayed\n", files.size());
  return 0;
}
