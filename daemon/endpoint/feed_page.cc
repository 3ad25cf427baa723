#include "daemon/endpoint/feed_page.h"

#include "protocol/json/writer.h"

namespace signet {
namespace {

template <size_t kSize>
std::string_view view(const std::array<char, kSize>& text) {
  return {text.data(), text.size()};
}

}  // namespace

// Epochs, cursors and tokens hold nothing that JSON would escape.
FeedPage::FeedPage(const FeedCursor& from, const FeedCursor& to, bool more) {
  body_.append(R"({"epoch":")").append(view(write_feed_epoch(from.epoch)));
  body_.append(R"(","from":")").append(view(write_feed_cursor(from)));
  body_.append(R"(","to":")").append(view(write_feed_cursor(to)));
  body_.append(R"(","more":)").append(more ? "true" : "false").append(R"(,"entries":[)");
}

FeedPage::FeedPage(uint64_t epoch, const SnapshotCursor* next, const FeedCursor& to) {
  body_.append(R"({"epoch":")").append(view(write_feed_epoch(epoch)));
  if (next != nullptr) {
    body_.append(R"(","more":true,"next":")").append(view(write_snapshot_cursor(*next))).append(R"(","to":null)");
  } else {
    body_.append(R"(","more":false,"next":null,"to":")").append(view(write_feed_cursor(to))).append("\"");
  }
  body_.append(R"(,"entries":[)");
}

void FeedPage::add(const FeedEntry& entry) {
  if (!first_) body_ += ',';
  first_ = false;
  body_ += entry.json;
}

std::string FeedPage::finish(std::string_view checkpoint) {
  body_.append(R"(],"checkpoint":)");
  if (checkpoint.empty()) {
    body_.append("null}");
  } else {
    body_.append("\"").append(checkpoint).append("\"}");
  }
  return std::move(body_);
}

std::string feed_gone_body(std::string_view issuer, std::string_view description) {
  std::string snapshot(issuer);
  snapshot += "/oauth2/revocations/snapshot";
  std::string body(256 + 6 * (snapshot.size() + description.size()), '\0');
  JsonWriter json(body);
  json.begin_object();
  json.member("error", "invalid_request");
  json.member("error_description", description);
  json.member("snapshot", snapshot);
  json.end_object();
  body.resize(json.size());
  return body;
}

}  // namespace signet
