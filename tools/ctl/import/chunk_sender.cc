#include "tools/ctl/import/chunk_sender.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "tools/ctl/json_text.h"

namespace signet::ctl {
namespace {

constexpr size_t kOnWayMax = 2;

uint64_t count_of(const JsonValue& answer, std::string_view name) {
  const JsonValue* member = answer.find(name);
  const auto count = member == nullptr ? std::nullopt : member->as_integer();
  return count && *count > 0 ? static_cast<uint64_t>(*count) : 0;
}

// "line N: " for a refusal that names one of the chunk's clients as clients[I].
std::string place_of(std::string_view refusal, const std::vector<uint64_t>& lines) {
  constexpr std::string_view kName = "clients[";
  const size_t at = refusal.find(kName);
  if (at == std::string_view::npos) return "";
  size_t index = 0;
  const char* digits = refusal.data() + at + kName.size();
  const auto [stop, error] = std::from_chars(digits, refusal.data() + refusal.size(), index);
  return error == std::errc{} && index < lines.size() ? fmt::format("line {}: ", lines[index]) : "";
}

}  // namespace

ChunkSender::ChunkSender(AdminClient& admin, std::string import_id, ImportResult& result)
    : admin_(admin), import_id_(std::move(import_id)), result_(result), thread_([this] { run(); }) {}

ChunkSender::~ChunkSender() { finish(); }

bool ChunkSender::put(PreparedChunk& chunk) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !has_waiting_ || failure_; });
  if (failure_) return false;
  std::swap(waiting_, chunk);
  has_waiting_ = true;
  changed_.notify_all();
  return true;
}

bool ChunkSender::wait_idle() {
  std::unique_lock lock(mutex_);
  idle_wanted_ = true;
  changed_.notify_all();
  changed_.wait(lock, [this] { return (!has_waiting_ && unanswered_ == 0) || failure_; });
  idle_wanted_ = false;
  return !failure_;
}

std::optional<Failure> ChunkSender::finish() {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  return failure_;
}

uint64_t ChunkSender::committed() const {
  const std::lock_guard lock(mutex_);
  return committed_;
}

// Waits until there is something to do and says what; a chunk to send is put into `to`.
ChunkSender::Step ChunkSender::next_step(PreparedChunk& to) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] {
    return has_waiting_ || finishing_ || unanswered_ == kOnWayMax || (idle_wanted_ && unanswered_ != 0);
  });
  if (has_waiting_ && unanswered_ < kOnWayMax) {
    std::swap(waiting_, to);
    has_waiting_ = false;
    ++unanswered_;
    changed_.notify_all();
    return Step::kSend;
  }
  return unanswered_ == 0 ? Step::kEnd : Step::kReceive;
}

void ChunkSender::run() {
  PreparedChunk chunk;
  while (true) {
    if (!spare_.empty() && chunk.buffer.empty()) {
      chunk = std::move(spare_.back());
      spare_.pop_back();
    }
    const Step step = next_step(chunk);
    std::expected<void, Failure> done;
    if (step == Step::kSend) {
      chunk.behind_another = !on_way_.empty();
      done = send(chunk);
      on_way_.push_back(std::exchange(chunk, {}));
    } else if (step == Step::kReceive) {
      done = receive_first();
    }
    if (done && step != Step::kEnd) continue;
    const std::lock_guard lock(mutex_);
    if (!done) failure_ = std::move(done.error());
    changed_.notify_all();
    return;
  }
}

std::expected<void, Failure> ChunkSender::send(const PreparedChunk& chunk) {
  const std::string target = fmt::format("/v1/imports/{}/chunks/{}", import_id_, chunk.number);
  return admin_.send_request("POST", target, std::string_view(chunk.buffer).substr(0, chunk.body_size));
}

std::expected<void, Failure> ChunkSender::receive_first() {
  const auto answer = admin_.receive_answer();
  if (!answer) return std::unexpected(answer.error());
  if (answer->status >= 400 && on_way_.front().behind_another) return send_again();
  return settle_first(*answer);
}

// A chunk that overtook the one before it inside the daemon (which may stop to make a key for that one) is refused
// without harm, and so are those behind it. Sent one by one they succeed, or their refusal is the last word.
std::expected<void, Failure> ChunkSender::send_again() {
  for (size_t i = 1; i < on_way_.size(); ++i) {
    if (const auto ignored = admin_.receive_answer(); !ignored) return std::unexpected(ignored.error());
  }
  while (!on_way_.empty()) {
    if (auto sent = send(on_way_.front()); !sent) return sent;
    const auto answer = admin_.receive_answer();
    if (!answer) return std::unexpected(answer.error());
    if (auto settled = settle_first(*answer); !settled) return settled;
  }
  return {};
}

// Takes note of the answer to the oldest chunk on its way, which then is there no more.
std::expected<void, Failure> ChunkSender::settle_first(const HttpAnswer& answer) {
  const PreparedChunk& chunk = on_way_.front();
  if (answer.status >= 400) {
    const std::string text = refusal(answer).text;
    return std::unexpected(Failure{fmt::format("lines {} to {} were not imported: {}{}", chunk.lines.front(),
                                               chunk.lines.back(), place_of(text, chunk.lines), text)});
  }
  const auto outcome = read_answer(answer.body);
  if (!outcome) return std::unexpected(outcome.error());
  const JsonValue* repeated = outcome->find("repeated");
  if (repeated != nullptr && repeated->as_boolean().value_or(false)) {
    result_.repeated += chunk.lines.size();
  } else {
    result_.added += count_of(*outcome, "added");
    result_.updated += count_of(*outcome, "updated");
    result_.skipped += count_of(*outcome, "skipped");
  }
  const std::lock_guard lock(mutex_);
  committed_ += chunk.lines.size();
  --unanswered_;
  changed_.notify_all();
  spare_.push_back(std::move(on_way_.front()));
  on_way_.pop_front();
  return {};
}

}  // namespace signet::ctl
