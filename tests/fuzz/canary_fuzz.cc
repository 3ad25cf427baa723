// A target with a planted failure. It must fail, both when its corpus is replayed and when it is fuzzed from the seed
// that has none of the magic: a harness that lets it pass is broken and would let everything pass.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static constexpr uint8_t kMagic[] = {'b', 'i', 'r', 'd'};
  if (size < sizeof kMagic) return 0;
  for (size_t i = 0; i < sizeof kMagic; ++i)
    if (data[i] != kMagic[i]) return 0;  // one branch per octet: coverage leads the fuzzer there
  std::fprintf(stderr, "canary: planted failure reached\n");
  std::abort();
}
