#include "keystore/store/revocation_reader.h"

#include "keystore/store/keys.h"
#include "keystore/store/rows.h"

namespace signet::store {
namespace {

// Rows looked at for one page of a snapshot: expired ones that are not dropped yet must not make a page endless.
constexpr size_t kRowsPerEntry = 16;

StoreError unavailable(std::string text) { return {StoreErrorKind::kUnavailable, std::move(text)}; }

class PageReader {
 public:
  PageReader(const FeedRange& query, UnixSeconds safe_now) : query_(query), safe_now_(safe_now) {
    page_.last = query.after;
  }

  // Takes one row; false ends the page.
  bool take(std::string_view key, std::string_view value) {
    const auto stored = decode_revocation(key, value);
    if (!stored) {
      damaged_ = true;
      return false;
    }
    const uint64_t sequence = stored->row.sequence;
    if (!query_.live && sequence != page_.last + 1) return false;  // what is between was dropped
    page_.last = sequence;
    if (!query_.live || stored->row.revocation.expires_at > safe_now_) {
      page_.entries.push_back(make_feed_entry(stored->row, stored->chain_hash));
    }
    if (sequence == query_.until) page_.until_hash = stored->chain_hash;
    stopped_ = page_.entries.size() >= query_.limit || ++rows_ >= query_.limit * kRowsPerEntry;
    return !stopped_;
  }

  FeedRows finish() {
    if (query_.live && !stopped_) page_.last = query_.until;  // nothing is left of what was asked for
    page_.gap = !query_.live && page_.entries.empty();
    return std::move(page_);
  }
  bool damaged() const { return damaged_; }

 private:
  const FeedRange& query_;
  const UnixSeconds safe_now_;
  FeedRows page_;
  size_t rows_ = 0;
  bool stopped_ = false;
  bool damaged_ = false;
};

}  // namespace

std::expected<FeedRows, StoreError> read_feed_page(const Database& database, const FeedRange& query,
                                                   UnixSeconds safe_now) {
  PageReader reader(query, safe_now);
  const auto scanned =
      database.scan(Family::kRevocations, revocation_key(query.tenant, query.after + 1),
                    revocation_key(query.tenant, query.until + 1),
                    [&](std::string_view key, std::string_view value) { return reader.take(key, value); });
  if (!scanned) return std::unexpected(unavailable(scanned.error().text));
  if (reader.damaged()) return std::unexpected(unavailable("a record of the family revocations cannot be read"));
  return reader.finish();
}

}  // namespace signet::store
