#include "keystore/store/operations/served_max_age.h"

#include <algorithm>

#include "keystore/store/keys.h"
#include "keystore/store/records.h"

namespace signet::store {
namespace {

std::string served_key() { return row_key(kNoTenant, kServedName); }

records::ServedRow read_served(Transaction& transaction) {
  records::ServedRow row;
  const std::string key = served_key();
  const auto value = transaction.get(Family::kMeta, key);
  if (value && !row.ParseFromArray(value->data(), static_cast<int>(value->size()))) {
    transaction.damaged(Family::kMeta, key);
  }
  return row;
}

// A clock that runs ahead must not make anybody's copy old.
UnixSeconds early_now(const Transaction& transaction) { return std::min(transaction.now_s(), transaction.safe_s()); }

bool in_use(const records::ServedMaxAge& served, UnixSeconds now) {
  return served.until_s() == 0 || served.until_s() + served.max_age_s() >= now;
}

}  // namespace

uint32_t largest_served_max_age(Transaction& transaction) {
  uint32_t largest = 0;
  const records::ServedRow row = read_served(transaction);
  for (const auto& served : row.max_ages()) {
    if (in_use(served, early_now(transaction))) largest = std::max(largest, served.max_age_s());
  }
  return largest;
}

void note_served_max_age(Transaction& transaction, uint32_t max_age_s) {
  const records::ServedRow before = read_served(transaction);
  const int count = before.max_ages_size();
  if (count != 0 && before.max_ages(count - 1).max_age_s() == max_age_s) return;
  records::ServedRow row;
  for (const auto& served : before.max_ages()) {
    if (!in_use(served, early_now(transaction))) continue;
    *row.add_max_ages() = served;
    if (served.until_s() == 0) row.mutable_max_ages(row.max_ages_size() - 1)->set_until_s(transaction.now_s());
  }
  row.add_max_ages()->set_max_age_s(max_age_s);
  transaction.put(Family::kMeta, served_key(), row.SerializeAsString());
}

}  // namespace signet::store
