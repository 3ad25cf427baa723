// A sink's file: appended to, made with mode 0640 so that a group may read it.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "daemon/audit/outputs.h"
#include "protocol/base/errno_text.h"

namespace signet {
namespace {

class FileOutput final : public SinkOutput {
 public:
  explicit FileOutput(std::string path) : path_(std::move(path)) {}
  ~FileOutput() override { reopen(); }

  size_t write(std::span<const std::string> lines, std::string& why) override {
    if (!open(why)) return 0;
    // A line that was cut by a failure is ended, so that it spoils no other; it is written again, whole.
    std::string text(std::exchange(torn_, false) ? "\n" : "");
    size_t count = 0;
    while (count < lines.size() && (count == 0 || text.size() + lines[count].size() < kTogetherOctets)) {
      text.append(lines[count++]).push_back('\n');
    }
    if (!append(text, why)) return 0;
    return count == lines.size() ? count : count + write(lines.subspan(count), why);
  }

  void reopen() override {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }

 private:
  static constexpr size_t kTogetherOctets = size_t{1} << 20;

  bool open(std::string& why) {
    if (descriptor_ >= 0) return true;
    // Without blocking: it may be a pipe that nobody reads.
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640);
    if (descriptor_ < 0) why = path_ + ": " + errno_text(errno);
    return descriptor_ >= 0;
  }

  bool append(std::string_view text, std::string& why) {
    const size_t size = text.size();
    while (!text.empty()) {
      const ssize_t count = ::write(descriptor_, text.data(), text.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) {
        why = path_ + ": " + errno_text(errno);
        torn_ = torn_ || text.size() != size;
        if (errno != EAGAIN) reopen();
        return false;
      }
      text.remove_prefix(static_cast<size_t>(count));
    }
    return true;
  }

  const std::string path_;
  int descriptor_ = -1;
  bool torn_ = false;
};

}  // namespace

std::unique_ptr<SinkOutput> make_file_output(std::string path) { return std::make_unique<FileOutput>(std::move(path)); }

}  // namespace signet
