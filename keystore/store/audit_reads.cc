#include "keystore/store/audit_reads.h"

#include <fmt/format.h>

#include <algorithm>

#include "keystore/store/audit_chain.h"
#include "keystore/store/copy_octets.h"
#include "keystore/store/grant_ranges.h"
#include "keystore/store/issued_tokens.h"
#include "keystore/store/keys.h"
#include "keystore/store/operation.h"
#include "keystore/store/records.h"

namespace signet::store {
namespace {

// Records of clients with many audiences are large, and so are rows of many tokens.
constexpr size_t kPageOctetsMax = size_t{4} << 20;

bool kind_asked_for(const AuditRange& range, std::string_view what) {
  if (range.what.empty()) return true;
  return range.what.ends_with('.') ? what.starts_with(range.what) : what == range.what;
}

bool asked_for(const AuditRange& range, const AuditRecord& record) {
  if (range.tenant && record.token == 0 && record.tenant != range.tenant) return false;
  if (range.tenant && record.token != 0 && record.tenant_name != range.tenant_name) return false;
  if (!range.subject.empty() && record.subject != range.subject) return false;
  return kind_asked_for(range, record.what);
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
    std::string issued;
    if (const auto row = chain_.follow(value)) {
      const std::string_view what = audit_what(row->record);
      if (range_.check_only || (!what.empty() && !kind_asked_for(range_, what))) return true;
      if (!read_audit_record(row->record, record, issued)) return fault(expected, "cannot be read");
      record.hash = chain_.hash();
    } else if (!follow_slowly(expected, value, record, issued)) {
      return false;
    }
    if (!range_.check_only) give(std::move(record), issued);
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
  // A row that does not follow, or one that another program wrote in another way.
  bool follow_slowly(uint64_t expected, std::string_view value, AuditRecord& record, std::string& issued) {
    switch (chain_.next(value, record, issued)) {
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
    return true;
  }

  bool full() const {
    return rows_ == range_.rows_max || page_.records.size() >= range_.records_max || octets_ >= kPageOctetsMax;
  }
  bool fault(uint64_t sequence, std::string text) {
    page_.fault = AuditFault{sequence, std::move(text)};
    return false;
  }

  void give(AuditRecord&& record, std::string_view issued) {
    if (!issued.empty()) {
      if (!kind_asked_for(range_, record.what)) return;
      for (AuditRecord& token : issued_tokens(record, issued)) give_one(std::move(token));
    } else {
      give_one(std::move(record));
    }
  }

  void give_one(AuditRecord&& record) {
    if (!asked_for(range_, record)) return;
    octets_ += record.before.size() + record.after.size() + record.subject.size();
    page_.records.push_back(std::move(record));
  }

  const AuditRange& range_;
  AuditChainCheck chain_;
  AuditPage page_;
  size_t rows_ = 0;
  size_t octets_ = 0;  // of the records given
};

struct LogEnds {
  AuditLogState front;
  uint64_t sequence = 0;
  Sha256Digest hash{};
};

std::expected<LogEnds, StoreError> read_ends(const Database& database) {
  const auto state = database.get(Family::kMeta, row_key(kNoTenant, kStateName));
  if (!state) return unreadable(state.error().text);
  const auto read = *state ? decode_state(**state) : std::nullopt;
  if (!read) return unreadable("the state of the store cannot be read");
  return LogEnds{read->audit_log, read->audit_sequence, read->audit_hash};
}

// The chain as it stands where the page begins.
std::expected<AuditChainCheck, StoreError> chain_before(const Database& database, const LogEnds& ends,
                                                        const AuditRange& range) {
  const uint64_t from_end = ends.sequence - std::min<uint64_t>(range.last, ends.sequence);
  const uint64_t after = std::max(range.last == 0 ? range.after : from_end, ends.front.base_sequence);
  AuditChainCheck chain;
  if (after == ends.front.base_sequence) {
    if (after != 0) chain.start_behind(after, ends.front.base_hash);
    return chain;
  }
  const auto before = database.get(Family::kAudit, row_key(kNoTenant, after));
  if (!before) return unreadable(before.error().text);
  if (!*before || !chain.start_after(after, **before)) {
    return refuse(StoreErrorKind::kNotFound, fmt::format("there is no audit record {}", after));
  }
  return chain;
}

}  // namespace

std::expected<AuditPage, StoreError> read_audit_page(const Database& database, const AuditRange& range) {
  if (range.rows_max == 0 || range.rows_max > AuditRange::kRowsMax || range.records_max == 0) {
    return refuse(StoreErrorKind::kInvalid, fmt::format("a page looks at 1 to {} records", AuditRange::kRowsMax));
  }
  // The end first: what is written meanwhile is behind it.
  auto ends = read_ends(database);
  while (ends) {
    auto chain = chain_before(database, *ends, range);
    if (!chain) return std::unexpected(chain.error());
    const uint64_t first = chain->sequence() + 1;
    Page page(range, *std::move(chain));
    const auto scanned =
        database.scan(Family::kAudit, row_key(kNoTenant, first), row_key(kNoTenant, ends->sequence + 1),
                      [&](auto key, auto value) { return page.take(key, value); });
    if (!scanned) return unreadable(scanned.error().text);
    AuditPage read = page.finish(ends->sequence, ends->hash);
    read.base = ends->front.base_sequence;
    read.base_hash = ends->front.base_hash;
    read.exported = ends->front.exported;
    if (!read.fault) return read;
    // What is missing may have been pruned meanwhile: then the page begins elsewhere.
    ends = read_ends(database);
    if (!ends || ends->front.base_sequence == read.base) return read;
  }
  return std::unexpected(ends.error());
}

std::expected<bool, StoreError> drop_audit_files(Database& database, uint64_t last) {
  const auto dropped =
      database.drop_files(Family::kAudit, row_key(kNoTenant, uint64_t{0}), row_key(kNoTenant, last + 1));
  if (!dropped) return unreadable(dropped.error().text);
  return true;
}

}  // namespace signet::store
