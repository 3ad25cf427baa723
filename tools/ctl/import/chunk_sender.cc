#include "tools/ctl/import/chunk_sender.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "tools/ctl/json_text.h"

namespace signet::ctl {
namespace {

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
  changed_.wait(lock, [this] { return (!has_waiting_ && !sending_) || failure_; });
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

void ChunkSender::run() {
  PreparedChunk chunk;
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return has_waiting_ || finishing_; });
    if (!has_waiting_) return;
    std::swap(waiting_, chunk);
    has_waiting_ = false;
    sending_ = true;
    changed_.notify_all();
    lock.unlock();
    auto sent = send(chunk);
    lock.lock();
    sending_ = false;
    if (!sent) failure_ = std::move(sent.error());
    if (sent) committed_ += chunk.lines.size();
    changed_.notify_all();
    if (failure_) return;
  }
}

std::expected<void, Failure> ChunkSender::send(const PreparedChunk& chunk) {
  const std::string target = fmt::format("/v1/imports/{}/chunks/{}", import_id_, chunk.number);
  const auto answer = admin_.call("POST", target, std::string_view(chunk.buffer).substr(0, chunk.body_size));
  if (!answer) {
    return std::unexpected(
        Failure{fmt::format("lines {} to {} were not imported: {}{}", chunk.lines.front(), chunk.lines.back(),
                            place_of(answer.error().text, chunk.lines), answer.error().text)});
  }
  const auto outcome = read_answer(answer->body);
  if (!outcome) return std::unexpected(outcome.error());
  const JsonValue* repeated = outcome->find("repeated");
  if (repeated != nullptr && repeated->as_boolean().value_or(false)) {
    result_.repeated += chunk.lines.size();
    return {};
  }
  result_.added += count_of(*outcome, "added");
  result_.updated += count_of(*outcome, "updated");
  result_.skipped += count_of(*outcome, "skipped");
  return {};
}

}  // namespace signet::ctl
