#include "bench/fill_families.h"

#include <ctime>

#include "protocol/base/random.h"

// The one place that knows what a family is made of.
#if __has_include("keystore/grants/refresh_family.h")
#include "keystore/grants/refresh_family.h"

namespace signet::bench {

bool fill_families(Store& store, const std::string& client_id, uint64_t count, InFlight& flight) {
  const UnixSeconds now = static_cast<UnixSeconds>(::time(nullptr));
  for (uint64_t i = 0; i < count; ++i) {
    RefreshFamily family{.client_id = client_id,
                         .subject = client_id,
                         .scope = "a.read a.write b.read",
                         .audiences = {"https://api.example.com/orders"},
                         .created_ms = now * 1000,
                         .idle_expires_at = now + 30 * 86400,
                         .absolute_expires_at = now + 365 * 86400};
    fill_random(family.id);
    family.rotation.sequence = 3;
    fill_random(family.rotation.current_hash);
    fill_random(family.rotation.previous_hash);
    fill_random(family.rotation.salt);
    flight.take();
    store.create_family(std::nullopt, std::move(family), [&flight](auto result) { flight.give(result.has_value()); });
  }
  flight.wait();
  return true;
}

}  // namespace signet::bench
#else
namespace signet::bench {

bool fill_families(Store&, const std::string&, uint64_t, InFlight&) { return false; }

}  // namespace signet::bench
#endif
