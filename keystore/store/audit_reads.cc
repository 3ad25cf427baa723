#include "keystore/store/audit_reads.h"

#include <fmt/format.h>

#include <algorithm>

#include "keystore/store/audit_chain.h"
#include "keystore/store/copy_octets.h"
#include "keystore/store/grant_ranges.h"
#include "keystore/store/keys.h"
#include "keystore/store/operation.h"
#include "keystore/store/records.h"

namespace signet::store {
namespace {

// Records of clients with many audiences are large.
constexpr size_t kPageOctetsMax = size_t{4} << 20;

bool asked_for(const AuditRange& range, const AuditRecord& record) {
  if (range.check_only) return false;
  if (range.tenant && record.tenant != range.tenant) return false;
  if (!range.subject.empty() && record.subject != range.subject) return false;
  if (range.what.empty()) return true;
  return range.what.ends_with('.') ? record.what.starts_with(range.what) : record.what == range.what;
}

class Page {
 public:
  Page(const AuditRange& range, AuditChainCheck chain) : range_(range), chain_(std::move(chain)) {}

  // False: the page ends here.
  bool take(std::string_view key, std::string_view value) {
    if (full()) return false;
    ++rows_;
    const uint64_t expected = chain_.sequence() + 1;
    const auto number = key_number(key);
    if (!number || *number != expected) {
      return fault(expected, number && *number > expected
                                 ? fmt::format("is missing: the next one that is there is {}", *number)
                                 : std::string("is missing"));
    }
    AuditRecord record;
    switch (chain_.next(value, record)) {
      case AuditChainCheck::Verdict::kUnreadable:
        return fault(expected, "cannot be read");
      case AuditChainCheck::Verdict::kMoved:
        return fault(expected, fmt::format("is in the place of another: it says of itself that it is number {}",
                                           record.sequence));
      case AuditChainCheck::Verdict::kAltered:
        return fault(expected, fmt::format("was altered, or the one before it was: {} of {} does not follow from it",
                                           record.what, record.subject));
      case AuditChainCheck::Verdict::kFollows:
        break;
    }
    if (asked_for(range_, record)) {
      octets_ += value.size();
      page_.records.push_back(std::move(record));
    }
    return true;
  }

  AuditPage finish(uint64_t end, const Sha256Digest& end_hash) {
    page_.end = end;
    page_.checked_to = chain_.sequence();
    page_.hash = chain_.hash();
    if (page_.fault || full()) return std::move(page_);
    if (page_.checked_to < end) {
      fault(page_.checked_to + 1, fmt::format("is missing, and all behind it: the store knows of {}", end));
    } else if (page_.checked_to == end && chain_.hash() != end_hash) {
      fault(end, "is the last one, but not the one that the store wrote last");
    }
    return std::move(page_);
  }

 private:
  bool full() const {
    return rows_ == range_.rows_max || page_.records.size() == range_.records_max || octets_ >= kPageOctetsMax;
  }
  bool fault(uint64_t sequence, std::string text) {
    page_.fault = AuditFault{sequence, std::move(text)};
    return false;
  }

  const AuditRange& range_;
  AuditChainCheck chain_;
  AuditPage page_;
  size_t rows_ = 0;
  size_t octets_ = 0;  // of the records given
};

}  // namespace

std::expected<AuditPage, StoreError> read_audit_page(const Database& database, const AuditRange& range) {
  if (range.rows_max == 0 || range.rows_max > AuditRange::kRowsMax || range.records_max == 0) {
    return refuse(StoreErrorKind::kInvalid, fmt::format("a page looks at 1 to {} records", AuditRange::kRowsMax));
  }
  // The end first: what is written meanwhile is behind it.
  const auto state = database.get(Family::kMeta, row_key(kNoTenant, kStateName));
  if (!state) return unreadable(state.error().text);
  records::StateRow end;
  Sha256Digest end_hash{};
  if (!*state || !end.ParseFromString(**state) || !copy_octets(end.audit_hash(), end_hash)) {
    return unreadable("the state of the store cannot be read");
  }
  AuditChainCheck chain;
  const uint64_t from_end = end.audit_sequence() - std::min<uint64_t>(range.last, end.audit_sequence());
  const uint64_t after = range.last == 0 ? range.after : from_end;
  if (after != 0) {
    const auto before = database.get(Family::kAudit, row_key(kNoTenant, after));
    if (!before) return unreadable(before.error().text);
    if (!*before || !chain.start_after(after, **before)) {
      return refuse(StoreErrorKind::kNotFound, fmt::format("there is no audit record {}", after));
    }
  }
  Page page(range, std::move(chain));
  const auto scanned =
      database.scan(Family::kAudit, row_key(kNoTenant, after + 1), row_key(kNoTenant, end.audit_sequence() + 1),
                    [&](auto key, auto value) { return page.take(key, value); });
  if (!scanned) return unreadable(scanned.error().text);
  return page.finish(end.audit_sequence(), end_hash);
}

}  // namespace signet::store
