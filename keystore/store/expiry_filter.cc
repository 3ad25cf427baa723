#include "keystore/store/expiry_filter.h"

#include <rocksdb/compaction_filter.h>

#include "keystore/store/api_token_rows.h"
#include "keystore/store/database.h"
#include "keystore/store/dialect_record_rows.h"
#include "keystore/store/family_rows.h"
#include "keystore/store/revocation_counts.h"
#include "keystore/store/rows.h"

namespace signet::store {
namespace {

// Keeps to one time for all of a compaction.
class ExpiryFilter : public rocksdb::CompactionFilter {
 public:
  ExpiryFilter(Expired expired, UnixSeconds safe_now) : expired_(expired), safe_now_(safe_now) {}
  const char* Name() const override { return "signet.expiry"; }
  Decision FilterV2(int, const rocksdb::Slice&, ValueType type, const rocksdb::Slice& value, std::string*,
                    std::string*) const override {
    if (type != ValueType::kValue || safe_now_ <= 0) return Decision::kKeep;
    return expired_({value.data(), value.size()}, safe_now_) ? Decision::kRemove : Decision::kKeep;
  }

 private:
  const Expired expired_;
  const UnixSeconds safe_now_;
};

class ExpiryFilterFactory : public rocksdb::CompactionFilterFactory {
 public:
  ExpiryFilterFactory(Expired expired, std::shared_ptr<ExpiryTime> time) : expired_(expired), time_(std::move(time)) {}
  const char* Name() const override { return "signet.expiry"; }
  std::unique_ptr<rocksdb::CompactionFilter> CreateCompactionFilter(
      const rocksdb::CompactionFilter::Context&) override {
    return std::make_unique<ExpiryFilter>(expired_, time_->load(std::memory_order_relaxed) / 1000);
  }

 private:
  const Expired expired_;
  const std::shared_ptr<ExpiryTime> time_;
};

}  // namespace

Expired expiry_rule(Family family) {
  switch (family) {
    case Family::kRevocations:
      return revocation_expired;
    case Family::kRevocationCounts:
      return revocation_counts_expired;
    case Family::kRefreshFamilies:
      return family_expired;
    case Family::kApiTokens:
      return api_token_expired;
    case Family::kFamilyNames:
      return family_name_expired;
    case Family::kDialectRecords:
      return dialect_record_expired;
    default:
      return nullptr;
  }
}

std::shared_ptr<rocksdb::CompactionFilterFactory> expiry_filter(Expired expired, std::shared_ptr<ExpiryTime> time) {
  return std::make_shared<ExpiryFilterFactory>(expired, std::move(time));
}

}  // namespace signet::store
