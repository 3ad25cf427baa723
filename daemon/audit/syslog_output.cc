// A sink's lines as messages of the system log. Over a socket of our own and not syslog(3), which may block for as long
// as the system log does and tells nobody when it loses a message.
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

#include "daemon/audit/outputs.h"
#include "protocol/base/errno_text.h"

namespace signet {
namespace {

constexpr int kPriority = 10 << 3 | 6;  // authpriv, info
// Of one message: what rsyslog takes by default. The end of a longer one would be lost unseen.
constexpr size_t kMessageMax = 8 * 1024;

class SyslogOutput final : public SinkOutput {
 public:
  explicit SyslogOutput(std::string path) : path_(std::move(path)) {}
  ~SyslogOutput() override { reopen(); }

  size_t write(std::span<const std::string> lines, std::string& why) override {
    if (!connect(why)) return 0;
    const std::string head = message_head();
    for (size_t i = 0; i < lines.size(); ++i) {
      const bool fits = head.size() + lines[i].size() <= kMessageMax;
      const std::string message = head + (fits ? lines[i] : replacement(lines[i]));
      if (!send(message, why)) return i;
      if (!fits) ++cut_;
    }
    return lines.size();
  }

  size_t cut() const override { return cut_; }

  void reopen() override {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }

 private:
  // "<86>Nov  6 08:49:37 signetd[17]: "
  static std::string message_head() {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    ::localtime_r(&now, &local);
    std::array<char, 32> time;
    const size_t size = std::strftime(time.data(), time.size(), "%b %e %H:%M:%S", &local);
    return fmt::format("<{}>{} signetd[{}]: ", kPriority, std::string_view(time.data(), size), ::getpid());
  }

  // The number, which every record begins with, finds it in the audit log.
  static std::string replacement(std::string_view line) {
    return fmt::format(R"({},"left_out":"{} octets are more than the system log takes: see signetctl audit tail"}})",
                       line.substr(0, line.find(',')), line.size());
  }

  bool connect(std::string& why) {
    if (descriptor_ >= 0) return true;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path_.size() >= sizeof address.sun_path) {
      why = path_ + ": longer than the path of a socket may be";
      return false;
    }
    std::memcpy(address.sun_path, path_.data(), path_.size());
    descriptor_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor_ >= 0 && ::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
      return true;
    }
    why = path_ + ": " + errno_text(errno);
    reopen();
    return false;
  }

  bool send(std::string_view message, std::string& why) {
    if (::send(descriptor_, message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) return true;
    const int error = errno;
    why = path_ + ": " + errno_text(error);
    if (error != EAGAIN && error != ENOBUFS) reopen();  // the system log was started anew
    return false;
  }

  const std::string path_;
  int descriptor_ = -1;
  std::atomic<size_t> cut_ = 0;
};

}  // namespace

std::unique_ptr<SinkOutput> make_syslog_output(std::string socket_path) {
  return std::make_unique<SyslogOutput>(std::move(socket_path));
}

std::unique_ptr<SinkOutput> make_sink_output(std::string_view target) {
  const size_t colon = target.find(':');
  if (colon == std::string_view::npos) return make_syslog_output("/dev/log");
  const std::string path(target.substr(colon + 1));
  return target.starts_with("file:") ? make_file_output(path) : make_syslog_output(path);
}

}  // namespace signet
