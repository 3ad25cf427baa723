// Two-sample timing of refusals: an unknown client against a known one with a wrong secret, interleaved, hot (one
// client) and cold (a client that was not touched lately). Prints the medians and their difference; exit 1 when one
// differs by more than a microsecond.
//   authentication_timing [samples]      (default 100000)
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <vector>

#include "daemon/service/service.h"
#include "tests/support/exchange.h"
#include "tests/support/memory_keystore.h"

namespace signet {
namespace {

constexpr std::string_view kSecret = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
constexpr std::string_view kWrong = "GFEDCBAzyxwvutsrqponmlkjihgfedcba9876543210";
constexpr size_t kClients = 100'000;
constexpr double kDifferenceMaxNs = 1000;

std::string id_of(char first, size_t n) { return fmt::format("{}{:012}", first, n); }

double median(std::vector<uint64_t>& samples) {
  const auto middle = samples.begin() + static_cast<ptrdiff_t>(samples.size() / 2);
  std::nth_element(samples.begin(), middle, samples.end());
  return static_cast<double>(*middle);
}

class Timing {
 public:
  Timing() : shared_(ServiceSettings{}), keystore_(1), service_(keystore_, 0, metrics_, shared_, 16) {
    keystore_.add_key(JwsAlgorithm::kEdDSA);
    for (size_t i = 0; i < kClients; ++i) {
      Client client;
      client.client_id = id_of('k', i);
      client.scope = "a.read a.write b.read";
      client.audiences = {"urn:demo"};
      keystore_.add_client(client, kSecret);
    }
  }

  // Whether the medians lie close enough together.
  bool compare(std::string_view name, size_t samples, bool cold) {
    std::mt19937_64 random(1);
    std::vector<uint64_t> unknown;
    std::vector<uint64_t> wrong;
    for (size_t i = 0; i < samples; ++i) {
      const size_t n = cold ? random() % kClients : 1;
      // Which of the two comes first is random too.
      const bool unknown_first = (random() & 1) != 0;
      for (const bool is_unknown : {unknown_first, !unknown_first}) {
        (is_unknown ? unknown : wrong).push_back(sample(id_of(is_unknown ? 'u' : 'k', n)));
      }
    }
    const double a = median(unknown);
    const double b = median(wrong);
    const bool close = std::abs(a - b) <= kDifferenceMaxNs;
    fmt::print("{}: unknown client {:.0f} ns, wrong secret {:.0f} ns, difference {:+.0f} ns: {}\n", name, a, b, a - b,
               close ? "within 1 us" : "TOO FAR APART");
    return close;
  }

 private:
  uint64_t sample(const std::string& client_id) {
    FormRequest request("/oauth2/token", "grant_type=client_credentials", basic_authorization(client_id, kWrong));
    http::Request& fresh = request.fresh();
    const uint64_t before = monotonic_ns();
    service_.on_request(fresh, responder_);
    const uint64_t after = monotonic_ns();
    if (responder_.status != 401) std::abort();
    return after - before;
  }

  ServiceShared shared_;
  MemoryKeystore keystore_;
  WorkerMetrics metrics_;
  Service service_;
  RecordingResponder responder_;
};

}  // namespace
}  // namespace signet

int main(int argc, char** argv) {
  if (!signet::signing_start() || !signet::digest_start()) return 2;
  const size_t samples = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
  const auto timing = std::make_unique<signet::Timing>();
  const bool hot = timing->compare("hot", samples, false);
  const bool cold = timing->compare("cold", samples, true);
  return hot && cold ? 0 : 1;
}
