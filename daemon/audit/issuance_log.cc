#include "daemon/audit/issuance_log.h"

#include <concurrentqueue/blockingconcurrentqueue.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "daemon/audit/issuance_file.h"
#include "daemon/log.h"
#include "protocol/base/errno_text.h"

namespace signet {
namespace {

constexpr int64_t kDayMs = int64_t{24} * 60 * 60 * 1000;
constexpr size_t kBatchesMax = 256;  // of one write

}  // namespace

struct IssuanceLog::Queue {
  moodycamel::BlockingConcurrentQueue<IssuanceBatch*> batches;  // null wakes the thread
};

IssuanceLog::IssuanceLog(Options options) : options_(std::move(options)), queue_(std::make_unique<Queue>()) {}

std::expected<std::unique_ptr<IssuanceLog>, std::string> IssuanceLog::open(Options options) {
  std::error_code error;
  std::filesystem::create_directories(options.directory, error);
  if (error) return std::unexpected(fmt::format("cannot make {}: {}", options.directory, error.message()));
  std::filesystem::permissions(options.directory, std::filesystem::perms::owner_all, error);
  std::unique_ptr<IssuanceLog> log(new IssuanceLog(std::move(options)));
  if (std::string why = log->resume(); !why.empty()) return std::unexpected(why);
  log->thread_ = std::thread([raw = log.get()] { raw->run(); });
  return log;
}

IssuanceLog::~IssuanceLog() {
  close();
  if (file_.descriptor >= 0) ::close(file_.descriptor);
}

// The end of the last file that has a line; files behind it hold none, and are begun anew.
std::string IssuanceLog::resume() {
  const auto files = issuance_files(options_.directory);
  for (auto file = files.rbegin(); file != files.rend(); ++file) {
    const auto end = read_issuance_end(file->path);
    if (!end) {
      return fmt::format(
          "the log of issued tokens cannot go on: {}\nMove {} to another place and keep it; the log "
          "begins anew.",
          end.error(), options_.directory);
    }
    if (end->torn != 0) {
      log_event(LogLevel::kWarning, "issuance_log_cut",
                {{"file", file->path}, {"octets", fmt::format("{}", end->torn)}});
      if (::truncate(file->path.c_str(), static_cast<off_t>(end->size)) != 0) {
        return fmt::format("cannot cut off what a crash left at the end of {}: {}", file->path, errno_text(errno));
      }
    }
    if (end->line == 0) continue;
    lines_ = end->line;
    chain_ = LineChain(end->hash);
    file_.number = file->number;
    break;
  }
  if (!begin_file()) return fmt::format("cannot write to {}: {}", options_.directory, errno_text(errno));
  // What was told of an earlier log says nothing of one that begins anew.
  if (lines_ == 1) tell("issuance-log.begin");
  return {};
}

void IssuanceLog::record(IssuanceBatch& batch) { queue_->batches.enqueue(&batch); }

IssuanceLog::Figures IssuanceLog::figures() const { return {records_, writes_, failures_}; }

void IssuanceLog::close() {
  if (!thread_.joinable()) return;
  closing_ = true;
  queue_->batches.enqueue(nullptr);
  thread_.join();
  if (file_.descriptor < 0) return;
  ::fsync(file_.descriptor);
  tell("issuance-log.end");
}

void IssuanceLog::run() {
  ::pthread_setname_np(::pthread_self(), "issuance-log");
  std::vector<IssuanceBatch*> batches;
  std::array<IssuanceBatch*, kBatchesMax> taken;
  while (true) {
    queue_->batches.wait_dequeue(taken[0]);
    const size_t more = queue_->batches.try_dequeue_bulk(taken.data() + 1, taken.size() - 1);
    batches.clear();
    for (size_t i = 0; i <= more; ++i) {
      if (taken[i] != nullptr) batches.push_back(taken[i]);
    }
    if (!batches.empty()) write(batches);
    if (closing_ && queue_->batches.size_approx() == 0) return;
  }
}

void IssuanceLog::write(const std::vector<IssuanceBatch*>& batches) {
  const bool written = make_room() && append_lines(batches);
  if (written && std::exchange(failing_, false)) log_event(LogLevel::kInfo, "issuance_log_writes_again");
  for (IssuanceBatch* batch : batches) {
    if (written) records_ += batch->count;
    batch->recorded = written;
    batch->completed();
  }
}

bool IssuanceLog::append_lines(const std::vector<IssuanceBatch*>& batches) {
  LineChain chain = chain_;
  uint64_t lines = lines_;
  text_.clear();
  for (const IssuanceBatch* batch : batches) {
    std::string_view left = batch->lines;
    while (!left.empty()) {
      const size_t end = left.find('\n');
      const size_t begin = text_.size();
      // The record is an object of its own; here its members follow the line's number.
      fmt::format_to(std::back_inserter(text_), R"({{"n":{},)", ++lines);
      text_.append(left.substr(1, end - 2));
      chain.close_line(text_, begin);
      left.remove_prefix(end + 1);
    }
  }
  if (!append(text_)) return false;
  chain_ = chain;
  lines_ = lines;
  return true;
}

// Whether the file is one that may be written to: whole, of today and not too large.
bool IssuanceLog::make_room() {
  if (dirty_) {
    if (::ftruncate(file_.descriptor, static_cast<off_t>(file_.size)) != 0) {
      failed("ftruncate");
      return false;
    }
    dirty_ = false;
  }
  if (file_.descriptor >= 0 && file_.size < options_.file_octets_max && options_.clock() / kDayMs == file_.day)
    return true;
  if (file_.descriptor >= 0) tell("issuance-log.end");
  return begin_file();
}

// Each start and each file has a line of its own, which says what it follows.
bool IssuanceLog::begin_file() {
  const UnixMs now = options_.clock();
  File next{.name = issuance_file_name(file_.number + 1), .number = file_.number + 1, .day = now / kDayMs};
  const std::string path = options_.directory + "/" + next.name;
  next.descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (next.descriptor < 0) {
    failed("open");
    return false;
  }
  if (file_.descriptor >= 0) ::close(file_.descriptor);
  file_ = next;
  LineChain chain = chain_;
  std::string line = fmt::format(R"({{"n":{},"time_ms":{},"log":"signet issuance","file":{},"before":"{}")", lines_ + 1,
                                 now, file_.number, chain_text(chain_.hash()));
  chain.close_line(line, 0);
  if (append(line)) {
    chain_ = chain;
    ++lines_;
    return true;
  }
  // Without its first line the file is none of the log: it is made anew at the next try.
  ::close(std::exchange(file_.descriptor, -1));
  --file_.number;
  dirty_ = false;
  return false;
}

bool IssuanceLog::append(const std::string& text) {
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = ::write(file_.descriptor, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      dirty_ = true;
      failed("write");
      return false;
    }
    done += static_cast<size_t>(count);
  }
  file_.size += text.size();
  ++writes_;
  return true;
}

void IssuanceLog::tell(std::string_view what) {
  if (options_.on_place) options_.on_place({what, file_.name, lines_, chain_.hash()});
}

void IssuanceLog::failed(const char* what) {
  ++failures_;
  if (std::exchange(failing_, true)) return;  // once, until it writes again
  const int error = errno;
  log_event(LogLevel::kError, "issuance_log_failed",
            {{"call", what}, {"why", errno_text(error)}, {"directory", options_.directory}});
  errno = error;
}

}  // namespace signet
