#include "daemon/log.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "daemon/log_line.h"
#include "daemon/log_ring.h"

namespace signet {
namespace {

constexpr auto kPollInterval = std::chrono::milliseconds(20);
constexpr int kBlockedMs = 200;

std::atomic<LogLevel> minimum_level{LogLevel::kDebug};

// Every ring there is. A ring is added at its thread's first event, and removed by the writer once its thread has ended
// and it is empty. The lock is never taken by `log_event` but at that first call.
class RingList {
 public:
  // Never destroyed: threads may end after static destruction has begun.
  static RingList& instance() {
    static RingList* const list = new RingList;
    return *list;
  }

  LogRing* add() {
    std::lock_guard lock(mutex_);
    rings_.push_back(std::make_unique<LogRing>());
    return rings_.back().get();
  }

  // Appends what is queued to `out` as lines, by ring, each in its order. False when there was nothing.
  bool take(std::string& out) {
    std::lock_guard lock(mutex_);
    bool any = false;
    for (auto& ring : rings_) {
      bool closed = ring->closed();  // before the last look, so that nothing of an ended thread is missed
      while (const LogEvent* event = ring->front()) {
        append_log_line(*event, out);
        ring->release();
        any = true;
      }
      if (closed) dropped_by_ended_ += ring->dropped(), ring.reset();
    }
    std::erase(rings_, nullptr);
    return any;
  }

  uint64_t dropped() {
    std::lock_guard lock(mutex_);
    uint64_t sum = dropped_by_ended_;
    for (const auto& ring : rings_) sum += ring->dropped();
    return sum;
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<LogRing>> rings_;
  uint64_t dropped_by_ended_ = 0;
};

// This thread's ring; its destructor at the thread's end hands it to the writer.
struct ThreadRing {
  LogRing* ring = RingList::instance().add();
  ~ThreadRing() { ring->close(); }
};

UnixMs wall_clock_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Of log_dropped, what the log has told. The writing thread's.
uint64_t reported_dropped = 0;

class LogWriter {
 public:
  explicit LogWriter(int fd) : fd_(fd), thread_([this] { run(); }) {}
  ~LogWriter() {
    stop_.store(true, std::memory_order_release);
    thread_.join();
    step();
  }

 private:
  // Polls: producers would have to make a system call to wake it.
  void run() {
    while (!stop_.load(std::memory_order_acquire)) {
      step();
      std::this_thread::sleep_for(kPollInterval);
    }
  }

  void step() {
    lines_.clear();
    RingList::instance().take(lines_);
    uint64_t dropped = RingList::instance().dropped();
    if (dropped != reported_dropped) {
      LogEvent event;
      event.fill(wall_clock_ms(), LogLevel::kWarning, "log_events_dropped",
                 {{"count", fmt::format_int(dropped - reported_dropped).c_str()}});
      append_log_line(event, lines_);
      reported_dropped = dropped;
    }
    write_all();
  }

  // A log that cannot be written is lost: there is nowhere to say so, and the service goes on.
  void write_all() {
    std::string_view rest = lines_;
    while (!rest.empty()) {
      ssize_t written = ::write(fd_, rest.data(), rest.size());
      if (written > 0) {
        rest.remove_prefix(static_cast<size_t>(written));
      } else if (errno == EAGAIN) {  // someone made stderr non-blocking: wait a little for its reader
        pollfd ready{fd_, POLLOUT, 0};
        if (::poll(&ready, 1, kBlockedMs) <= 0) return;
      } else if (errno != EINTR) {
        return;
      }
    }
  }

  int fd_;
  std::string lines_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

std::mutex writer_mutex;
std::unique_ptr<LogWriter> writer;

}  // namespace

std::string_view log_level_name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

void log_event(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (level < minimum_level.load(std::memory_order_relaxed)) return;
  thread_local ThreadRing mine;
  LogEvent* slot = mine.ring->reserve();
  if (slot == nullptr) return;
  slot->fill(wall_clock_ms(), level, event, fields);
  mine.ring->commit();
}

void log_start(LogLevel minimum, int fd) {
  log_set_level(minimum);
  std::lock_guard lock(writer_mutex);
  if (!writer) writer = std::make_unique<LogWriter>(fd);
}

void log_stop() {
  std::lock_guard lock(writer_mutex);
  writer.reset();
}

void log_set_level(LogLevel minimum) { minimum_level.store(minimum, std::memory_order_relaxed); }

uint64_t log_dropped() { return RingList::instance().dropped(); }

}  // namespace signet
