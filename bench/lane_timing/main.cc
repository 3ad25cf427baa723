// Whether the time of the lanes tells anything of keys, messages, digests and nonces: one kind is all alike or extreme,
// the other random. How it is judged: two_kinds.h.
//   lane_timing [samples [PART...]]     default: 200000 samples, a fiftieth for RSA, of all parts: ed25519 p256 rsa
// A row has the statistics of times and of outliers, and the difference that could have been seen, in thousandths.
// Exit 0: as it must be; 1: not; 77: this processor has no such lanes.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <span>
#include <string_view>

#include "bench/lane_timing/lines.h"
#include "keystore/signing/lanes/ed25519_lanes.h"
#include "keystore/signing/lanes/lane_support.h"
#include "keystore/signing/lanes/p256/base_table_p256.h"
#include "keystore/signing/private_key.h"

namespace signet::lane_timing {
namespace {

struct Part {
  std::string_view name;
  std::vector<Line> (*lines)();
};
constexpr Part kParts[] = {
    {"control", control_lines}, {"ed25519", ed25519_lines}, {"p256", p256_lines}, {"rsa", rsa_lines}};

int run(size_t samples, std::span<char*> wanted) {
  for (const std::string_view name : wanted) {
    if (std::ranges::find(kParts, name, &Part::name) == std::end(kParts)) return fmt::print("no part {}\n", name), 2;
  }
  if (!lanes::avx512_lanes_supported()) return fmt::print("this processor has no AVX-512 IFMA\n"), 77;
  if (lanes::base_table() == nullptr || lanes::p256::base_table() == nullptr) return 2;
  std::random_device device;
  const uint64_t seed = uint64_t{device()} << 32 | device();
  fmt::print("{} samples, seed {}\n{:52} {:>7} {:>7}  seen from\n", samples, seed, "", "times", "outliers");
  bool good = true;
  for (const Part& part : kParts) {
    // The controls are always there.
    if (!wanted.empty() && part.lines != control_lines && std::ranges::find(wanted, part.name) == wanted.end())
      continue;
    for (const Line& line : part.lines()) good &= holds(line, samples, seed);
  }
  return good ? 0 : 1;
}

}  // namespace
}  // namespace signet::lane_timing

int main(int argc, char** argv) {
  if (!signet::signing_start()) return 2;
  const size_t samples = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 200'000;
  return signet::lane_timing::run(samples, std::span(argv, static_cast<size_t>(argc)).subspan(std::min(argc, 2)));
}
